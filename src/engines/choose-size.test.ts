import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { generateInput, inputImage } from '../../test/support/requests.ts'
import { choosePixels, chooseRatio } from './choose-size.ts'

const LIMITS = { step: 16, minSide: 64, maxSide: 4096, maxPixels: 4_194_304 }
const SHAPES = { ratios: ['21:9', '16:9', '1:1', '9:16'], side: 1024 }
const codes = ({ warnings }: { warnings: readonly { code: string; path: string }[] }): string[] =>
  warnings.map(({ code, path }) => `${code} ${path}`)

void describe('pixels within limits', () => {
  void test('nothing asked leaves the size open', () => {
    assert.deepEqual(choosePixels(generateInput(), LIMITS), { size: null, warnings: [] })
  })

  void test('exact pixels go before names, and the losers are told', () => {
    const chosen = choosePixels(
      generateInput({ width: 1000, height: 500, aspectRatio: '1:1', resolution: '4K' }),
      LIMITS,
    )
    assert.deepEqual(chosen.size, { width: 1008, height: 496 })
    assert.deepEqual(codes(chosen), [
      'adjusted_field width',
      'unsupported_field resolution',
      'unsupported_field aspect_ratio',
    ])
  })

  void test('names become pixels; what does not fit is told', () => {
    const wide = choosePixels(generateInput({ aspectRatio: '16:9' }), LIMITS)
    assert.deepEqual(wide, { size: { width: 1360, height: 768 }, warnings: [] })
    const large = choosePixels(
      generateInput({ resolution: '4K', images: [inputImage('image_urls[0]')] }),
      LIMITS,
    )
    assert.ok(large.size !== null && large.size.width * large.size.height <= LIMITS.maxPixels)
    assert.deepEqual(codes(large), ['adjusted_field resolution'])
  })
})

void describe('named shapes', () => {
  void test('nothing asked leaves the shape open', () => {
    assert.deepEqual(chooseRatio(generateInput(), SHAPES), { ratio: null, warnings: [] })
  })

  void test('pixels become the nearest shape; only its own square is exact', () => {
    const square = chooseRatio(generateInput({ width: 1024, height: 1024 }), SHAPES)
    assert.deepEqual(square, { ratio: '1:1', warnings: [] })
    const wide = chooseRatio(generateInput({ width: 2000, height: 1100 }), SHAPES)
    assert.equal(wide.ratio, '16:9')
    assert.match(wide.warnings[0]?.message ?? '', /asked for 2000x1100; .* 16:9 with about 1024x1024 pixels/u)
  })

  void test('a name goes before pixels; one in other words counts as the same', () => {
    const chosen = chooseRatio(generateInput({ aspectRatio: '32:18', width: 512, height: 512 }), SHAPES)
    assert.equal(chosen.ratio, '16:9')
    assert.deepEqual(codes(chosen), ['unsupported_field width'])
    assert.deepEqual(codes(chooseRatio(generateInput({ aspectRatio: '4:3' }), SHAPES)), [
      'adjusted_field aspect_ratio',
    ])
  })

  void test('a name that is no ratio has no effect', () => {
    const chosen = chooseRatio(generateInput({ aspectRatio: 'wide' }), SHAPES)
    assert.equal(chosen.ratio, null)
    assert.deepEqual(codes(chosen), ['unsupported_field aspect_ratio'])
  })
})
