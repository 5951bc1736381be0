import assert from 'node:assert/strict'
import { test } from 'node:test'
import sharp from 'sharp'
import { cropPhoto, largestDifference, psnrLuma, type PhotoName } from '../../../../test/support/pictures.ts'
import { createRaster, type Raster } from '../../../imaging/raster.ts'
import type { PixelOperation } from '../operation.ts'
import { deblock } from './deblock.ts'
import { denoise } from './denoise.ts'
import { sharpen } from './sharpen.ts'

const AREA = { left: 96, top: 56, width: 200, height: 160 }
const PHOTOS: readonly PhotoName[] = ['cat', 'portrait-astronaut', 'product-coffee']

function apply(operation: PixelOperation, raster: Raster, amount: number): Raster {
  return operation.apply(raster, { amount }, { seed: 0, onProgress: () => {} })
}

/** Gaussian noise of σ `sigma`, the same in every run. */
function addNoise(raster: Raster, sigma: number): Raster {
  let state = 12345
  const random = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return (state + 1) / 2 ** 32
  }
  const data = raster.data.map((value, at) => {
    if (at % 4 === 3) return value
    const noise = Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random())
    return Math.max(0, Math.min(255, Math.round(value + noise * sigma)))
  })
  return { ...raster, data }
}

async function recompress(raster: Raster, quality: number): Promise<Raster> {
  const { width, height, data } = raster
  const file = await sharp(data, { raw: { width, height, channels: 4 } })
    .removeAlpha()
    .jpeg({ quality })
    .toBuffer()
  return { width, height, data: new Uint8Array(await sharp(file).ensureAlpha().raw().toBuffer()) }
}

test('denoise brings noisy photographs closer to the clean ones', async () => {
  for (const photo of PHOTOS) {
    const clean = await cropPhoto(photo, AREA)
    const noisy = addNoise(clean, 15)
    const gain = psnrLuma(clean, apply(denoise, noisy, 0.6)) - psnrLuma(clean, noisy)
    assert.ok(gain > 1.5, `${photo}: ${gain.toFixed(2)} dB`)
  }
})

test('denoise leaves a clean photograph almost as it is, and a drawing untouched', async () => {
  const clean = await cropPhoto('portrait-astronaut', AREA)
  const loss = psnrLuma(clean, apply(denoise, clean, 0.5))
  assert.ok(loss > 38, `${loss.toFixed(1)} dB`)
  const flat = createRaster(64, 64)
  flat.data.fill(120)
  assert.equal(largestDifference(flat, apply(denoise, flat, 1)), 0)
})

test('deblock brings strongly compressed photographs closer to the originals', async () => {
  const gains = await Promise.all(
    PHOTOS.map(async (photo) => {
      const original = await cropPhoto(photo, AREA)
      const blocky = await recompress(original, 15)
      return psnrLuma(original, apply(deblock, blocky, 0.5)) - psnrLuma(original, blocky)
    }),
  )
  const mean = gains.reduce((sum, gain) => sum + gain, 0) / gains.length
  assert.ok(mean > 0.15, gains.map((gain) => gain.toFixed(2)).join(', '))
})

test('deblock finds a grid that starts elsewhere', async () => {
  const original = await cropPhoto('portrait-astronaut', AREA)
  const blocky = await recompress(original, 12)
  const cut = (raster: Raster): Raster => {
    const part = createRaster(180, 140)
    for (let y = 0; y < 140; y += 1) {
      const from = ((y + 3) * raster.width + 5) * 4
      part.data.set(raster.data.subarray(from, from + 180 * 4), y * 180 * 4)
    }
    return part
  }
  const gain =
    psnrLuma(cut(original), apply(deblock, cut(blocky), 0.5)) - psnrLuma(cut(original), cut(blocky))
  assert.ok(gain > 0.1, `${gain.toFixed(2)} dB`)
})

test('deblock leaves a picture without a grid untouched', async () => {
  const noise = addNoise({ ...createRaster(160, 160), data: new Uint8Array(160 * 160 * 4).fill(128) }, 20)
  assert.equal(largestDifference(noise, apply(deblock, noise, 1)), 0)
})

test('sharpen brings a softened photograph closer to the sharp one, without overshooting', async () => {
  const clean = await cropPhoto('portrait-astronaut', AREA)
  const { width, height, data } = clean
  const soft: Raster = {
    width,
    height,
    data: new Uint8Array(
      await sharp(data, { raw: { width, height, channels: 4 } })
        .blur(0.7)
        .raw()
        .toBuffer(),
    ),
  }
  const gain = psnrLuma(clean, apply(sharpen, soft, 0.5)) - psnrLuma(clean, soft)
  assert.ok(gain > 0.5, `${gain.toFixed(2)} dB`)
  const flat = createRaster(9, 7)
  flat.data.fill(200)
  assert.equal(largestDifference(flat, apply(sharpen, flat, 1)), 0)
})

test('an amount of 0 does nothing, and one pixel is a picture too', () => {
  const pixel: Raster = { width: 1, height: 1, data: new Uint8Array([10, 20, 30, 40]) }
  for (const operation of [denoise, deblock, sharpen]) {
    assert.equal(apply(operation, pixel, 0), pixel)
    assert.deepEqual(apply(operation, pixel, 1), pixel)
  }
})
