/** Which database the images of a data folder belong to. */
import { randomUUID } from 'node:crypto'
import { link, readFile, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { BlobStore, StateStore } from '../core/ports.ts'

export type ImageOwnerDeps = {
  state: Pick<StateStore, 'identify' | 'listBlobKeys'>
  blobs: Pick<BlobStore, 'head' | 'list'>
  dataDirectory: string
}

const FILE_NAME = 'state.id'

/**
 * Whether the images in the data folder are those of this database, so that what no row names is surely forgotten. A
 * server that is started on another database (DATABASE_URL set or left out by mistake, an import that was not made)
 * would else remove the images of the first one.
 *
 * The folder is marked with the name of its database when it is empty, or holds an image that this database names.
 */
export async function ownsImages({ state, blobs, dataDirectory }: ImageOwnerDeps): Promise<boolean> {
  const file = join(dataDirectory, FILE_NAME)
  const own = await state.identify()
  const marked = await read(file)
  if (marked !== null) return marked === own
  if (!(await isEmpty(blobs)) && !(await holdsNamed({ state, blobs }))) return false
  return (await mark(file, own)) === own
}

async function isEmpty(blobs: Pick<BlobStore, 'list'>): Promise<boolean> {
  for await (const _blob of blobs.list()) return false
  return true
}

async function holdsNamed({ state, blobs }: Pick<ImageOwnerDeps, 'state' | 'blobs'>): Promise<boolean> {
  for await (const key of state.listBlobKeys()) if ((await blobs.head(key)) !== null) return true
  return false
}

async function read(file: string): Promise<string | null> {
  try {
    return (await readFile(file, 'utf8')).trim()
  } catch (error) {
    if (isCode(error, 'ENOENT')) return null
    throw error
  }
}

/** Linked into place whole; who comes second gets the mark that is there. */
async function mark(file: string, own: string): Promise<string | null> {
  const draft = `${file}.${randomUUID()}`
  await writeFile(draft, `${own}\n`, { mode: 0o600, flush: true })
  try {
    await link(draft, file)
    return own
  } catch (error) {
    if (!isCode(error, 'EEXIST')) throw error
    return await read(file)
  } finally {
    await unlink(draft)
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
