import { open } from 'node:fs/promises'
import type { ImageInfo } from './job.ts'
import type { BlobStore, ByteSource, ImageProbe } from './ports.ts'

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

/** The same for a file outside the store. @throws AfterimageError `input_unreadable`, `input_too_large` */
export function probeFile(probe: ImageProbe, path: string): Promise<ImageInfo> {
  return readFileAt(path, (source) => probe.probeSource(source))
}

/** Opens a file for as long as `use` takes. */
export async function readFileAt<T>(path: string, use: (source: ByteSource) => Promise<T>): Promise<T> {
  const file = await open(path)
  try {
    const { size } = await file.stat()
    const read = async (offset: number, length: number): Promise<Uint8Array> => {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, offset)
      return buffer.subarray(0, bytesRead)
    }
    return await use({ bytes: size, read })
  } finally {
    await file.close()
  }
}
