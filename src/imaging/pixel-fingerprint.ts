/** Tells pictures apart by what decides their pixels, without decoding any. */
import { createHash, type Hash } from 'node:crypto'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createInflate } from 'node:zlib'
import type { InputImage } from '../core/job.ts'
import type { BlobStore } from '../core/ports.ts'
import { runInMemory } from './headers/reader.ts'
import { type PictureParts, pictureParts } from './headers/picture-parts.ts'

/** A larger file counts by its bytes: it would have to be held in memory. */
const MAX_BYTES = 32 * 1024 * 1024

/**
 * A fingerprint that two files share when they hold the same coded picture: of JPEG, PNG and WebP, text, times, places,
 * previews and other metadata do not count, nor how strongly a PNG is compressed. Other formats, and files that cannot
 * be read so, count by their bytes. Two pictures never share one.
 */
export function createPixelFingerprint({ blobs }: { blobs: Pick<BlobStore, 'get'> }) {
  return async (image: Pick<InputImage, 'blobKey' | 'bytes' | 'sha256' | 'info'>): Promise<string> => {
    const { blobKey, bytes, sha256, info } = image
    if (bytes > MAX_BYTES) return sha256
    const file = Buffer.concat(await (await blobs.get(blobKey)).toArray())
    try {
      const hash = createHash('sha256').update(`${info.format} ${info.orientation} ${info.hasAlpha}`)
      const parser = pictureParts(info.format, file.length)
      if (parser === null) return sha256
      await addParts(hash, file, runInMemory(parser, { bytes: file, name: info.format }))
      return hash.digest('hex')
    } catch {
      // Damaged in a way that a header does not show. Decoding will tell; here its bytes are what it is.
      return sha256
    }
  }
}

async function addParts(
  hash: Hash,
  file: Buffer,
  { ranges, packed, maxUnpacked }: PictureParts,
): Promise<void> {
  for (const { name, start, end } of ranges) {
    // The length in front keeps two parts from looking like one.
    hash.update(` ${name} ${end - start} `)
    hash.update(file.subarray(start, end))
  }
  if (packed.length === 0) return
  hash.update(' unpacked ')
  let left = maxUnpacked
  const pieces = packed.map(({ start, end }) => file.subarray(start, end))
  await pipeline(Readable.from(pieces), createInflate({ chunkSize: 64 * 1024 }), async (unpacked) => {
    for await (const piece of unpacked as AsyncIterable<Buffer>) {
      left -= piece.length
      // More than the picture has room for: a decompression bomb.
      if (left < 0) throw new RangeError('The picture unpacks to more than its size.')
      hash.update(piece)
    }
  })
}
