import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { generateInput } from '../../../test/support/requests.ts'
import { chooseSize, EXACT_LIMITS, fitExact } from './size.ts'

void test('every size ends within the limits of the API', () => {
  const side = fc.integer({ min: 1, max: 20_000 })
  fc.assert(
    fc.property(side, side, (width, height) => {
      const size = fitExact({ width, height })
      const { step, maxRatio, minPixels, maxPixels, maxSide } = EXACT_LIMITS
      const ratio = size.width / size.height
      assert.equal(size.width % step, 0)
      assert.equal(size.height % step, 0)
      assert.ok(ratio <= maxRatio && ratio >= 1 / maxRatio, `ratio of ${size.width}x${size.height}`)
      assert.ok(size.width * size.height >= minPixels, `too few: ${size.width}x${size.height}`)
      assert.ok(size.width * size.height <= maxPixels, `too many: ${size.width}x${size.height}`)
      assert.ok(Math.max(size.width, size.height) <= maxSide)
    }),
    { numRuns: 2000 },
  )
})

void test('a size that is allowed stays as it is', () => {
  for (const [width, height] of [
    [1536, 864],
    [3840, 2160],
    [3840, 1280],
    [1024, 1024],
    [1024, 640],
  ] as const)
    assert.deepEqual(fitExact({ width, height }), { width, height })
})

void test('pixels go before shape, and the loser is named', () => {
  const input = generateInput({ width: 1000, height: 1000, aspectRatio: '16:9', resolution: '2K' })
  const { size, warnings } = chooseSize(input)
  assert.deepEqual(size, { width: 1008, height: 1008 })
  assert.deepEqual(
    warnings.map(({ code, path }) => [code, path]),
    [
      ['adjusted_field', 'width'],
      ['unsupported_field', 'aspect_ratio'],
      ['unsupported_field', 'resolution'],
    ],
  )
})

void test('nothing asked leaves the size to the model', () => {
  assert.deepEqual(chooseSize(generateInput()), { size: null, warnings: [] })
})
