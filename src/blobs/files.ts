import { createHash, randomBytes } from 'node:crypto'
import type { FileHandle } from 'node:fs/promises'
import { open, opendir, rename, rm, stat } from 'node:fs/promises'
import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Readable } from 'node:stream'
import { AfterimageError } from '../core/errors.ts'
import { missingBytes } from '../core/missing-bytes.ts'
import type { BlobStore, StoredBlob } from '../core/ports.ts'
import { hasCode, syncDirectory } from './durable.ts'
import { toStorageFault } from '../core/storage-fault.ts'
import { removeLeftovers, temporaryName } from './leftovers.ts'

/** 128 random bits as lower-case hex: unguessable, and safe as a file name on every file system. */
const KEY = /^[0-9a-f]{32}$/u
const KEY_BYTES = 16
/** Hashing this much takes about 2 ms, during which nothing else runs in this process. */
const SLICE_BYTES = 4 * 1024 * 1024
/** A file that nobody has written to for so long is not being written; uploads are given up much earlier. */
const ABANDONED_MS = 3_600_000

/**
 * Blobs as files: `directory/ab/ab34…`, where `ab` is the start of the key. A put is written under a temporary
 * name, synced, renamed and its folder synced, so that a key that was returned survives a power loss,
 * and a crash leaves either the whole blob or none. Leftovers of dead processes are removed here, at creation.
 * @param options.isShared other machines and containers may write into the folder too
 */
export function createFileBlobStore(options: { directory: string; isShared?: boolean }): BlobStore {
  const root = resolve(options.directory)
  const temporary = join(root, 'tmp')
  mkdirSync(temporary, { recursive: true })
  removeLeftovers(temporary, options.isShared === true ? Date.now() - ABANDONED_MS : Number.POSITIVE_INFINITY)
  const known = new Set<string>()
  // Keys come out of rows, but a traversal through a forged one must be impossible here too.
  const pathOf = (key: string): string | null => (KEY.test(key) ? join(root, key.slice(0, 2), key) : null)

  /** Creates a fan-out folder once; its own entry in the root has to be durable too. */
  const ensureFolder = async (folder: string): Promise<void> => {
    if (known.has(folder)) return
    mkdirSync(folder, { recursive: true })
    await syncDirectory(root)
    known.add(folder)
  }

  const put: BlobStore['put'] = async (source, limits = {}) => {
    const key = randomBytes(KEY_BYTES).toString('hex')
    const folder = join(root, key.slice(0, 2))
    const draft = join(temporary, temporaryName())
    try {
      const written = await writeDurably(draft, source, limits.maxBytes ?? Number.POSITIVE_INFINITY)
      await ensureFolder(folder)
      await rename(draft, join(folder, key))
      await syncDirectory(folder)
      return { key, ...written }
    } catch (error) {
      await rm(draft, { force: true })
      throw toStorageFault(error)
    }
  }

  const get: BlobStore['get'] = async (key, range) => {
    const file = await openBlob(pathOf(key))
    const { size } = await file.stat()
    if (range !== undefined && (range.start < 0 || range.start >= size || range.end < range.start)) {
      await file.close()
      throw new AfterimageError(
        'range_not_satisfiable',
        `The range lies outside the ${size} bytes of the file.`,
      )
    }
    return file.createReadStream(range)
  }

  const head: BlobStore['head'] = async (key) => {
    const path = pathOf(key)
    const entry = path === null ? null : await stat(path).catch(ignoreMissing)
    return entry === null ? null : { bytes: entry.size }
  }

  const remove: BlobStore['delete'] = async (key) => {
    const path = pathOf(key)
    if (path !== null) await rm(path, { force: true })
  }

  return { put, get, head, delete: remove, list: () => listBlobs(root), localPath: pathOf }
}

async function openBlob(path: string | null): Promise<FileHandle> {
  const file = path === null ? null : await open(path, 'r').catch(ignoreMissing)
  if (file === null) throw missingBytes()
  return file
}

function ignoreMissing(error: unknown): null {
  if (hasCode(error, 'ENOENT')) return null
  throw error
}

async function writeDurably(
  path: string,
  source: Uint8Array | Readable,
  maxBytes: number,
): Promise<Omit<StoredBlob, 'key'>> {
  const file = await open(path, 'wx', 0o600)
  try {
    const hash = createHash('sha256')
    let bytes = 0
    for await (const chunk of chunksOf(source)) {
      bytes += chunk.length
      if (bytes > maxBytes)
        throw new AfterimageError('payload_too_large', `More than the allowed ${maxBytes} bytes arrived.`)
      // The disk works in the thread pool while this thread hashes.
      const writing = file.writeFile(chunk)
      hash.update(chunk)
      await writing
    }
    await file.datasync()
    return { bytes, sha256: hash.digest('hex') }
  } finally {
    await file.close()
  }
}

async function* chunksOf(source: Uint8Array | Readable): AsyncGenerator<Uint8Array> {
  if (source instanceof Uint8Array) {
    for (let at = 0; at < source.length; at += SLICE_BYTES) yield source.subarray(at, at + SLICE_BYTES)
    return
  }
  for await (const chunk of source)
    yield typeof chunk === 'string' ? Buffer.from(chunk) : (chunk as Uint8Array)
}

async function* listBlobs(root: string): AsyncGenerator<{ key: string; bytes: number; modifiedAt: number }> {
  for await (const folder of await opendir(root)) {
    if (!folder.isDirectory() || !/^[0-9a-f]{2}$/u.test(folder.name)) continue
    for await (const entry of await opendir(join(root, folder.name))) {
      if (!KEY.test(entry.name)) continue
      // A blob may be deleted while the list is read.
      const found = await stat(join(root, folder.name, entry.name)).catch(ignoreMissing)
      if (found !== null) yield { key: entry.name, bytes: found.size, modifiedAt: found.mtimeMs }
    }
  }
}
