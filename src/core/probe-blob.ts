import type { ImageInfo } from './job.ts'
import type { BlobStore, ImageProbe } from './ports.ts'

export type ProbeBlobDeps = { blobs: BlobStore; probe: ImageProbe }

/**
 * What the header of a stored image says, read by ranges, so that a big upload never enters memory.
 * @throws AfterimageError `input_unreadable`, `input_too_large`
 */
export function probeBlob(deps: ProbeBlobDeps, blob: { key: string; bytes: number }): Promise<ImageInfo> {
  const read = async (offset: number, length: number): Promise<Uint8Array> => {
    const stream = await deps.blobs.get(blob.key, { start: offset, end: offset + length - 1 })
    return Buffer.concat(await stream.toArray())
  }
  return deps.probe.probeSource({ bytes: blob.bytes, read })
}
