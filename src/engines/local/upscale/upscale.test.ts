import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  cropPhoto,
  largestDifference,
  psnrLuma,
  reduceBicubic,
  type PhotoName,
} from '../../../../test/support/pictures.ts'
import type { Progress } from '../../../core/job.ts'
import { createRaster, type Raster } from '../../../imaging/raster.ts'
import { resizeRaster } from '../../../imaging/resize.ts'
import { WEIGHTS_DIRECTORY } from '../onnx/manifest.ts'
import { enlargeWithNetwork } from './enlarge.ts'
import { createNetworks } from './networks.ts'
import { upscaleRaster } from './upscale.ts'

const networks = createNetworks(WEIGHTS_DIRECTORY)

async function upscale(raster: Raster, size: readonly [number, number], creativity: number) {
  const progress: Progress[] = []
  const deps = { networks, onProgress: (step: Progress) => void progress.push(step) }
  const target = { width: size[0], height: size[1] }
  return { ...(await upscaleRaster(deps, { raster, target, creativity })), progress }
}

function flat(width: number, height: number, colour: readonly [number, number, number, number]): Raster {
  const raster = createRaster(width, height)
  for (let at = 0; at < raster.data.length; at += 4) raster.data.set(colour, at)
  return raster
}

test('x2 is at least 1.5 dB closer to three photographs than an aligned Lanczos kernel', async () => {
  const crops: readonly (readonly [PhotoName, number, number])[] = [
    ['portrait-astronaut', 130, 60],
    ['product-coffee', 180, 60],
    ['raccoon', 500, 150],
  ]
  const gains = await Promise.all(
    crops.map(async ([name, left, top]) => {
      const truth = await cropPhoto(name, { left, top, width: 200, height: 200 })
      const source = await reduceBicubic(truth, 2)
      const lanczos = psnrLuma(truth, await resizeRaster(source, 200, 200))
      return psnrLuma(truth, (await upscale(source, [200, 200], 0)).raster) - lanczos
    }),
  )
  const mean = gains.reduce((sum, gain) => sum + gain, 0) / gains.length
  assert.ok(mean >= 1.5, `gains ${gains.map((gain) => gain.toFixed(2)).join(', ')} dB`)
})

test('x4 in tiles differs from an untiled run by at most 2 of 255 levels', async () => {
  const source = await cropPhoto('raccoon', { left: 430, top: 180, width: 150, height: 110 })
  const gans = await networks.open('gans')
  assert.ok(gans)
  const tiled = await enlargeWithNetwork(source, gans, { tiles: { size: 80, overlap: 12 } })
  const whole = await enlargeWithNetwork(source, gans, { tiles: { size: 400, overlap: 12 } })
  assert.ok(largestDifference(tiled, whole) <= 2)
  assert.ok(psnrLuma(tiled, await resizeRaster(source, 600, 440)) > 20, 'it must still be the same picture')
})

test('the result has exactly the size that was asked for, whatever the factors', async () => {
  const source = await cropPhoto('cat', { left: 120, top: 60, width: 37, height: 23 })
  for (const size of [
    [61, 38],
    [74, 46],
    [148, 92],
    [155, 93],
    [37, 23],
    [20, 50],
  ] as const) {
    for (const creativity of [0, 0.5, 1]) {
      const { raster } = await upscale(source, size, creativity)
      assert.deepEqual([raster.width, raster.height, raster.data.length], [...size, size[0] * size[1] * 4])
    }
  }
})

test('one pixel can be enlarged and keeps its colour', async () => {
  const { raster } = await upscale(flat(1, 1, [200, 120, 40, 255]), [8, 8], 1)
  const middle = raster.data.subarray((4 * 8 + 4) * 4, (4 * 8 + 4) * 4 + 4)
  assert.equal(middle[3], 255)
  for (const [channel, wanted] of [200, 120, 40].entries())
    assert.ok(Math.abs((middle[channel] ?? 0) - wanted) < 40, `found ${[...middle].join(', ')}`)
})

test('grey stays grey and a wide area keeps its tone, also with the generative network', async () => {
  for (const creativity of [0, 1]) {
    const { raster } = await upscale(flat(60, 60, [180, 160, 120, 255]), [240, 240], creativity)
    const middle = raster.data.subarray((120 * 240 + 120) * 4)
    for (const [channel, wanted] of [180, 160, 120].entries())
      assert.ok(Math.abs((middle[channel] ?? 0) - wanted) <= 3, `creativity ${creativity}`)
  }
})

test('alpha keeps its edge, and what lies hidden under it never shows', async () => {
  // A red square on transparent green: any green in a visible pixel came from under the alpha.
  const source = flat(48, 48, [0, 255, 0, 0])
  for (let y = 12; y < 36; y += 1)
    for (let x = 12; x < 36; x += 1) source.data.set([220, 30, 30, 255], (y * 48 + x) * 4)
  const { raster } = await upscale(source, [96, 96], 0)
  const alphaAt = (x: number, y: number) => raster.data[(y * 96 + x) * 4 + 3] ?? 0
  assert.deepEqual([alphaAt(2, 2), alphaAt(48, 48), alphaAt(18, 48), alphaAt(29, 48)], [0, 255, 0, 255])
  for (let at = 0; at < raster.data.length; at += 4) {
    if ((raster.data[at + 3] ?? 0) > 0) assert.ok((raster.data[at + 1] ?? 0) < 90, `green at ${at / 4}`)
  }
})

test('progress rises to 100 once per tile, and the recipe says what ran', async () => {
  const source = await cropPhoto('cat', { left: 100, top: 40, width: 150, height: 60 })
  const { progress, recipe, warnings } = await upscale(source, [300, 120], 0)
  assert.equal(progress.length, 2)
  assert.deepEqual([progress.at(-1)?.percent, progress.at(-1)?.etaMs], [100, 0])
  assert.deepEqual(recipe, [{ operation: 'enlarge', network: 'psnr-small', scale: 2 }])
  assert.deepEqual(warnings, [])
})

test('the same input gives the same pixels', async () => {
  const source = await cropPhoto('product-coffee', { left: 200, top: 100, width: 40, height: 40 })
  const first = await upscale(source, [160, 160], 0.7)
  const second = await upscale(source, [160, 160], 0.7)
  assert.equal(largestDifference(first.raster, second.raster), 0)
})

test('without the neural runtime a Lanczos kernel does it and the warning says so', async () => {
  const source = await cropPhoto('cat', { left: 120, top: 60, width: 30, height: 20 })
  const target = { width: 60, height: 40 }
  const none = { open: () => Promise.resolve(null) }
  const result = await upscaleRaster(
    { networks: none, onProgress: () => {} },
    { raster: source, target, creativity: 0 },
  )
  assert.deepEqual(
    result.warnings.map((warning) => warning.code),
    ['engine_degraded'],
  )
  assert.equal(largestDifference(result.raster, await resizeRaster(source, 60, 40)), 0)
})
