import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { describe, test } from 'node:test'
import { deflateSync } from 'node:zlib'
import sharp from 'sharp'
import type { Sharp } from 'sharp'
import { photoPath } from '../../test/support/pictures.ts'
import { createPixelFingerprint } from './pixel-fingerprint.ts'
import { createImageProbe } from './probe.ts'

const probe = createImageProbe()

function fingerprintOf(bytes: Buffer): Promise<string> {
  const blobs = { get: () => Promise.resolve(Readable.from([bytes])) }
  const [sha256, info] = [createHash('sha256').update(bytes).digest('hex'), probe.probe(bytes)]
  return createPixelFingerprint({ blobs })({ blobKey: 'k', bytes: bytes.length, sha256, info })
}

const small = (): Sharp => sharp(photoPath('cat')).resize(160)
const exif = { IFD0: { Copyright: 'somebody', Software: 'a program' } }

/** A picture with other metadata, and other pictures, one of them by its orientation only. */
const FORMATS = {
  jpeg: (image: Sharp) => image.jpeg({ quality: 80 }),
  progressive: (image: Sharp) => image.jpeg({ quality: 80, progressive: true }),
  png: (image: Sharp) => image.png(),
  palette: (image: Sharp) => image.png({ palette: true, colours: 16, dither: 0 }),
  webp: (image: Sharp) => image.webp({ quality: 80 }),
  lossless: (image: Sharp) => image.webp({ lossless: true }),
} as const

void describe('fingerprint of pixels', () => {
  for (const [name, encode] of Object.entries(FORMATS))
    void test(`${name}: metadata does not count, pixels and orientation do`, async () => {
      const plain = await fingerprintOf(await encode(small()).toBuffer())
      const tagged = await encode(
        small().withExif(exif).withXmp('<x:xmpmeta xmlns:x="adobe:ns:meta/"/>'),
      ).toBuffer()
      assert.equal(await fingerprintOf(tagged), plain)
      const others = [
        encode(small().negate({ alpha: false })),
        encode(sharp(photoPath('cat')).resize(161)),
        encode(small().withMetadata({ orientation: 6 })),
        encode(small().withIccProfile('p3')),
      ]
      const found = await Promise.all(others.map(async (image) => fingerprintOf(await image.toBuffer())))
      assert.equal(new Set([plain, ...found]).size, 1 + others.length, JSON.stringify([plain, ...found]))
    })

  void test('a PNG may be compressed more, in other pieces, interlaced it is another one', async () => {
    const plain = await fingerprintOf(await small().png({ compressionLevel: 1 }).toBuffer())
    assert.equal(await fingerprintOf(await small().png({ compressionLevel: 9 }).toBuffer()), plain)
    assert.notEqual(await fingerprintOf(await small().png({ progressive: true }).toBuffer()), plain)
  })

  void test('a comment and a thumbnail in a JPEG do not count', async () => {
    const bytes = await small().jpeg().toBuffer()
    const comment = Buffer.concat([Buffer.from([0xff, 0xfe, 0, 8]), Buffer.from('hello!')])
    const commented = Buffer.concat([bytes.subarray(0, 2), comment, bytes.subarray(2)])
    assert.equal(await fingerprintOf(commented), await fingerprintOf(bytes))
  })

  void test('what cannot be read so, and a bomb, count by their bytes', async () => {
    const png = await small().png().toBuffer()
    const at = png.indexOf('IDAT')
    const bomb = deflateSync(Buffer.alloc(64 * 1024 * 1024))
    const length = Buffer.alloc(4)
    length.writeUInt32BE(bomb.length)
    const end = png.subarray(png.indexOf('IEND') - 4)
    const bombed = Buffer.concat([
      png.subarray(0, at - 4),
      length,
      Buffer.from('IDAT'),
      bomb,
      Buffer.alloc(4),
      end,
    ])
    const files = [bombed, png.subarray(0, png.length - 40), await small().gif().toBuffer()]
    for (const bytes of files)
      assert.equal(await fingerprintOf(bytes), createHash('sha256').update(bytes).digest('hex'))
  })
})
