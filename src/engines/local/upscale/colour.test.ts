import assert from 'node:assert/strict'
import { test } from 'node:test'
import sharp from 'sharp'
import { cropPhoto, psnrLuma } from '../../../../test/support/pictures.ts'
import type { Raster } from '../../../imaging/raster.ts'
import { resizeRaster } from '../../../imaging/resize.ts'
import { keepLowFrequencies } from './colour.ts'

async function blurred(raster: Raster): Promise<Raster> {
  const { width, height } = raster
  const data = await sharp(raster.data, { raw: { width, height, channels: 4 } })
    .blur(6)
    .raw()
    .toBuffer()
  return { width, height, data: new Uint8Array(data) }
}

test('the fix at source size equals the formula at full size', async () => {
  const source = await cropPhoto('cat', { left: 100, top: 40, width: 60, height: 50 })
  const lanczos = await resizeRaster(source, 240, 200)
  // A cast, uneven across the picture, plus detail that must stay.
  const enlarged = { ...lanczos, data: Uint8Array.from(lanczos.data) }
  for (let at = 0; at < enlarged.data.length; at += 1) {
    const x = (at >> 2) % 240
    if (at % 4 === 2) enlarged.data[at] = Math.min(255, (enlarged.data[at] ?? 0) + 20 + x / 12)
    else if (at % 4 < 2) enlarged.data[at] = Math.max(0, (enlarged.data[at] ?? 0) - 12 + (x % 2) * 4)
  }
  const [wide, own] = [await blurred(lanczos), await blurred(enlarged)]
  const expected = { ...enlarged, data: new Uint8Array(enlarged.data.length) }
  for (let at = 0; at < expected.data.length; at += 1)
    expected.data[at] = Math.min(
      255,
      Math.max(0, (enlarged.data[at] ?? 0) + (wide.data[at] ?? 0) - (own.data[at] ?? 0)),
    )
  const before = psnrLuma(enlarged, expected)
  keepLowFrequencies(enlarged, source, 4)
  const after = psnrLuma(enlarged, expected)
  assert.ok(before < 36, `the cast must matter, found ${before}`)
  assert.ok(after > 45, `found ${after}`)
})
