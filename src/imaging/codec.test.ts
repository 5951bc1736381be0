import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { after, describe, test } from 'node:test'
import sharp from 'sharp'
import { psnr } from '../../test/support/psnr.ts'
import { decodeImage } from './decode.ts'
import { encodeImage } from './encode.ts'
import { resizeRaster } from './resize.ts'

const photoPath = fileURLToPath(new URL('../../test/support/photos/cat.jpg', import.meta.url))
const directory = mkdtempSync(join(tmpdir(), 'afterimage-codec-'))
after(() => rmSync(directory, { recursive: true }))

function file(name: string, bytes: Uint8Array): string {
  const path = join(directory, name)
  writeFileSync(path, bytes)
  return path
}

void describe('decode and encode', () => {
  void test('a photograph decodes to what sharp decodes, as RGBA', async () => {
    const { raster, info, hadProfile } = await decodeImage(photoPath)
    const expected = await sharp(photoPath).ensureAlpha().raw().toBuffer()
    assert.deepEqual([raster.width, raster.height, info.format, hadProfile], [451, 300, 'jpeg', false])
    assert.equal(Buffer.compare(raster.data, expected), 0)
  })

  void test('PNG keeps every bit; the others are close; all are tagged sRGB and carry nothing else', async () => {
    const { raster } = await decodeImage(photoPath)
    for (const format of ['png', 'jpeg', 'webp', 'avif'] as const) {
      const bytes = await encodeImage(raster, { format, quality: null })
      const back = await decodeImage(file(`photo.${format}`, bytes))
      const metadata = await sharp(bytes).metadata()
      assert.equal(back.info.format, format)
      assert.equal(back.hadProfile, true)
      assert.deepEqual([metadata.exif, metadata.xmp, metadata.iptc], [undefined, undefined, undefined])
      const quality = psnr(back.raster.data, raster.data)
      assert.ok(
        format === 'png' ? quality === Number.POSITIVE_INFINITY : quality > 36,
        `${format}: ${quality} dB`,
      )
    }
  })
})

void describe('resizeRaster', () => {
  void test('enlarging the half-size photograph is centred: well above a shifted bicubic', async () => {
    const { raster } = await decodeImage(photoPath)
    const even = { width: 450, height: 300 }
    const cut = await sharp(raster.data, { raw: { width: raster.width, height: raster.height, channels: 4 } })
      .extract({ left: 0, top: 0, ...even })
      .raw()
      .toBuffer()
    const half = await resizeRaster({ ...even, data: cut }, 225, 150)
    const ours = await resizeRaster(half, 450, 300)
    const shifted = await sharp(half.data, { raw: { width: 225, height: 150, channels: 4 } })
      .resize(450, 300, { fit: 'fill' })
      .raw()
      .toBuffer()
    const [centredDb, shiftedDb] = [psnr(ours.data, cut), psnr(shifted, cut)]
    assert.ok(centredDb > shiftedDb + 1, `${centredDb} dB against ${shiftedDb} dB`)
  })
})
