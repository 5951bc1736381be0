import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { BlobStore } from './ports.ts'

/** Path of a blob's bytes: the store's own file where it has one, else a copy in `directory`. Never write to it. */
export async function localCopy(
  blobs: Pick<BlobStore, 'get' | 'localPath'>,
  blobKey: string,
  directory: string,
): Promise<string> {
  const local = blobs.localPath(blobKey)
  if (local !== null) return local
  const path = join(directory, `input-${blobKey}`)
  await pipeline(await blobs.get(blobKey), createWriteStream(path))
  return path
}
