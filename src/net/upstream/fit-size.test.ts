import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import type { SizeLimits } from './fit-size.ts'
import { fitSize } from './fit-size.ts'

const EXAMPLES: readonly SizeLimits[] = [
  { step: 16, minSide: 64, maxSide: 4096, maxPixels: 4_194_304 },
  { step: 32, minSide: 256, maxSide: 1440 },
  { step: 1, minSide: 15, maxSide: 16_384, minPixels: 921_600, maxPixels: 16_777_216, maxRatio: 16 },
  { step: 1, minSide: 15, maxSide: 16_384, minPixels: 3_686_400, maxPixels: 4_194_304, maxRatio: 16 },
]

void test('every size ends within the limits', () => {
  const side = fc.integer({ min: 1, max: 40_000 })
  fc.assert(
    fc.property(side, side, fc.constantFrom(...EXAMPLES), (width, height, limits) => {
      const { step, minSide, maxSide, minPixels = 1, maxPixels = Infinity, maxRatio = Infinity } = limits
      const size = fitSize({ width, height }, limits)
      const [short, long] = [Math.min(size.width, size.height), Math.max(size.width, size.height)]
      const found = `${width}x${height} became ${size.width}x${size.height}`
      assert.ok(size.width % step === 0 && size.height % step === 0, found)
      assert.ok(short >= minSide && long <= maxSide, found)
      assert.ok(short * long >= minPixels && short * long <= maxPixels, found)
      assert.ok(long <= short * maxRatio, found)
      assert.ok(width === height || size.width === size.height || size.width > size.height === width > height)
    }),
    { numRuns: 3000 },
  )
})

void test('a size that is allowed stays as it is', () => {
  const [flux, , seedream] = EXAMPLES
  assert.ok(flux !== undefined && seedream !== undefined)
  for (const [width, height] of [
    [64, 64],
    [1024, 768],
    [2048, 2048],
    [3840, 1088],
  ] as const)
    assert.deepEqual(fitSize({ width, height }, flux), { width, height })
  assert.deepEqual(fitSize({ width: 3750, height: 1250 }, seedream), { width: 3750, height: 1250 })
})

void test('too small, too large, too long', () => {
  const [flux, , seedream] = EXAMPLES
  assert.ok(flux !== undefined && seedream !== undefined)
  assert.deepEqual(fitSize({ width: 800, height: 800 }, seedream), { width: 960, height: 960 })
  assert.deepEqual(fitSize({ width: 4096, height: 4096 }, flux), { width: 2048, height: 2048 })
  assert.deepEqual(fitSize({ width: 30_000, height: 1000 }, seedream), { width: 16_384, height: 1024 })
})
