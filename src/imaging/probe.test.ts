import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import sharp from 'sharp'
import type { ImageFormat } from '../core/job.ts'
import { createImageProbe } from './probe.ts'

const photo = (name: string): Buffer =>
  readFileSync(new URL(`../../test/support/photos/${name}`, import.meta.url))
const { probe, probeSource } = createImageProbe()
const FORMATS = ['jpeg', 'png', 'webp', 'avif', 'gif', 'tiff'] as const satisfies readonly ImageFormat[]

/** The same bytes as a file at rest. */
function source(bytes: Uint8Array) {
  const read = async (offset: number, length: number) => bytes.subarray(offset, offset + length)
  return { bytes: bytes.length, read }
}

function oriented(format: ImageFormat, orientation: number): Promise<Buffer> {
  const pixels = sharp({ create: { width: 40, height: 24, channels: 3, background: '#c08040' } })
  return pixels
    .withMetadata({ orientation })
    .toFormat(format === 'heic' ? 'heif' : format)
    .toBuffer()
}

void describe('image probe', () => {
  for (const name of ['cat.jpg', 'portrait-astronaut.jpg', 'product-coffee.jpg', 'raccoon.jpg'])
    void test(`agrees with the decoder about ${name}`, async () => {
      const { width, height } = await sharp(photo(name)).metadata()
      const info = probe(photo(name))
      assert.deepEqual([info.format, info.width, info.height], ['jpeg', width, height])
      assert.deepEqual(await probeSource(source(photo(name))), info)
    })

  for (const format of FORMATS)
    void test(`${format}: every orientation gives the upright size the decoder gives`, async () => {
      for (const orientation of [1, 2, 3, 4, 5, 6, 7, 8]) {
        const bytes = await oriented(format, orientation)
        const info = probe(bytes)
        const { info: decoded } = await sharp(bytes, { autoOrient: true })
          .raw()
          .toBuffer({ resolveWithObject: true })
        assert.equal(info.format, format)
        assert.deepEqual(
          [info.width, info.height],
          [decoded.width, decoded.height],
          `orientation ${orientation}`,
        )
        assert.deepEqual(await probeSource(source(bytes)), info)
      }
    })
})
