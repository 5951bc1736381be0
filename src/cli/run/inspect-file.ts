/** A look at a file before it travels: is it an image, how large, which bytes. */
import { createHash } from 'node:crypto'
import type { FileHandle } from 'node:fs/promises'
import { open } from 'node:fs/promises'
import { AfterimageError } from '../../core/errors.ts'
import type { ImageInfo } from '../../core/job.ts'
import type { ImageProbe } from '../../core/ports.ts'

/** What identifies an input: its bytes, not its name or its date. */
export type InspectedFile = { path: string; bytes: number; sha256: string; info: ImageInfo }

export type FileLimits = { probe: ImageProbe; maxBytes: number }

const MiB = 1024 * 1024

/**
 * Reads the header by content and hashes the bytes; decodes nothing.
 * @throws AfterimageError `input_unreadable`, `input_too_large`, with the reason for this file
 */
export async function inspectFile(path: string, limits: FileLimits): Promise<InspectedFile> {
  const handle = await open(path, 'r').catch((error: unknown) => {
    throw new AfterimageError('input_unreadable', `it cannot be opened (${systemCode(error)})`, {
      cause: error,
    })
  })
  try {
    const { size } = await handle.stat()
    assertBytes(size, limits.maxBytes)
    const info = await limits.probe.probeSource({
      bytes: size,
      read: (at, length) => readExactly(handle, at, length),
    })
    return { path, bytes: size, sha256: await hash(handle), info }
  } finally {
    await handle.close()
  }
}

function assertBytes(bytes: number, maxBytes: number): void {
  if (bytes === 0) throw new AfterimageError('input_unreadable', 'it is empty')
  if (bytes > maxBytes)
    throw new AfterimageError(
      'input_too_large',
      `it has ${(bytes / MiB).toFixed(1)} MiB; at most ${(maxBytes / MiB).toFixed(1)} MiB are allowed`,
    )
}

async function readExactly(handle: FileHandle, offset: number, length: number): Promise<Uint8Array> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, offset)
  return buffer.subarray(0, bytesRead)
}

async function hash(handle: FileHandle): Promise<string> {
  const digest = createHash('sha256')
  for await (const chunk of handle.createReadStream({ start: 0, autoClose: false }))
    digest.update(chunk as Buffer)
  return digest.digest('hex')
}

/** `ENOENT` and the like; the word for it when there is none. */
export function systemCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason'
}
