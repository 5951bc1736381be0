import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import * as fc from 'fast-check'
import {
  cropBox,
  extendBox,
  fitCovering,
  fitPixels,
  fitWithin,
  nearestMultiple,
  parseAspectRatio,
  ratioOf,
  sizeForResolution,
} from './geometry.ts'

const side = fc.integer({ min: 1, max: 9000 })
const size = fc.record({ width: side, height: side })
const ratio = fc.double({ min: 1 / 20, max: 20, noNaN: true })

void describe('geometry', () => {
  void test('aspect ratios are read in every usual spelling', () => {
    for (const [text, expected] of [
      ['16:9', 16 / 9],
      ['3x2', 1.5],
      ['1', 1],
      [' 4 / 5 ', 0.8],
      ['2.39:1', 2.39],
      ['1.78', 1.78],
    ] as const)
      assert.equal(parseAspectRatio(text), expected)
    for (const text of [
      '',
      'auto',
      '16:',
      ':9',
      '0:1',
      '1:0',
      '1:100',
      '-1:2',
      '16:9:1',
      '1e3',
      'NaN',
      '9'.repeat(400),
    ])
      assert.equal(parseAspectRatio(text), null, text)
  })

  void test('named resolutions keep the pixel count and the aspect', () => {
    assert.deepEqual(sizeForResolution('1K', 1), { width: 1024, height: 1024 })
    assert.deepEqual(sizeForResolution('4k', 1), { width: 4096, height: 4096 })
    assert.deepEqual(sizeForResolution('2K', 16 / 9), { width: 2736, height: 1536 })
    assert.equal(sizeForResolution('8K', 1), null)
  })

  void test('fitting keeps the aspect, within one pixel, and its bound', () => {
    fc.assert(
      fc.property(size, size, (size, bounds) => {
        const inside = fitWithin(size, bounds)
        assert.ok(
          inside.width <= Math.min(bounds.width, size.width) &&
            inside.height <= Math.min(bounds.height, size.height),
        )
        assert.ok(inside.width >= 1 && inside.height >= 1)
        const outside = fitCovering(size, bounds)
        assert.ok(outside.width >= bounds.width && outside.height >= bounds.height)
        const exact = Math.max(bounds.width / size.width, bounds.height / size.height)
        assert.ok(
          Math.abs(outside.width - size.width * exact) <= 1 &&
            Math.abs(outside.height - size.height * exact) <= 1,
        )
      }),
    )
  })

  void test('a pixel budget is kept, and small pictures stay as they are', () => {
    fc.assert(
      fc.property(size, fc.integer({ min: 10_000, max: 50_000_000 }), (size, budget) => {
        const fitted = fitPixels(size, budget)
        assert.ok(fitted.width * fitted.height <= budget || fitted.width === 1 || fitted.height === 1)
        if (size.width * size.height <= budget) assert.deepEqual(fitted, { ...size })
      }),
    )
  })

  void test('a crop lies inside and is as large as its aspect allows; an extension lies around', () => {
    fc.assert(
      fc.property(
        size,
        ratio,
        fc.record({ x: fc.constantFrom(0, 0.5, 1), y: fc.constantFrom(0, 0.5, 1) }),
        (size, ratio, anchor) => {
          const crop = cropBox(size, ratio, anchor)
          assert.ok(
            crop.left >= 0 &&
              crop.top >= 0 &&
              crop.left + crop.width <= size.width &&
              crop.top + crop.height <= size.height,
          )
          assert.ok(crop.width === size.width || crop.height === size.height)
          const canvas = extendBox(size, ratio, anchor)
          assert.ok(canvas.left >= 0 && canvas.left + size.width <= canvas.width)
          assert.ok(canvas.top >= 0 && canvas.top + size.height <= canvas.height)
          assert.ok(canvas.width === size.width || canvas.height === size.height)
        },
      ),
    )
    assert.deepEqual(cropBox({ width: 1600, height: 900 }, 1), { left: 350, top: 0, width: 900, height: 900 })
    assert.deepEqual(extendBox({ width: 900, height: 900 }, 16 / 9), {
      left: 350,
      top: 0,
      width: 1600,
      height: 900,
    })
    assert.equal(ratioOf({ width: 1600, height: 900 }), 16 / 9)
    assert.equal(nearestMultiple(7, 16), 16)
    assert.equal(nearestMultiple(1000, 64), 1024)
  })
})
