import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { cropPhoto } from '../../../../test/support/pictures.ts'
import { createRaster, type Raster } from '../../../imaging/raster.ts'
import { EFFECTS } from './index.ts'
import { draw, picture } from './testing.ts'

const NAMES =
  'pencil coloured_pencil charcoal ink linocut oil watercolour gouache pastel comic pixel_art halftone risograph mosaic stained_glass low_poly woven_rug knit cross_stitch blueprint cyanotype pointillism engraving emboss glitch neon_edges product_stage room_stage'
/** They answer for alpha themselves. */
const OWN_ALPHA = new Set(['woven_rug', 'product_stage', 'room_stage'])

const photo = await cropPhoto('cat', { left: 150, top: 70, width: 72, height: 54 })

function difference(first: Raster, second: Raster): number {
  let sum = 0
  for (const [at, value] of first.data.entries()) sum += Math.abs(value - (second.data[at] ?? 0))
  return sum / first.data.length
}

/** The left half opaque, then fading to nothing, with garbage under what is hidden. */
function halfHidden(raster: Raster): Raster {
  const data = Uint8Array.from(raster.data)
  for (let at = 0; at < data.length; at += 4) {
    const x = (at / 4) % raster.width
    const alpha = Math.max(0, Math.min(255, Math.round((raster.width * 0.7 - x) * 12)))
    data[at + 3] = alpha
    if (alpha === 0) data.set([255, 0, 255], at)
  }
  return { ...raster, data }
}

void test('the list has exactly the effects that the grammar knows, with checked defaults', () => {
  assert.equal(EFFECTS.map((effect) => effect.name).join(' '), NAMES)
  for (const { name, summary, defaults } of EFFECTS) {
    assert.match(summary, /^[A-Z].*\.$/u, name)
    assert.ok(Object.keys(defaults).length > 0, name)
  }
})

for (const { name, apply, defaults } of EFFECTS) {
  void describe(name, () => {
    void test('changes a photograph, keeps its size, repeats itself and reports its end', () => {
      const fractions: number[] = []
      const before = Uint8Array.from(photo.data)
      const first = apply(photo, {}, { seed: 7, onProgress: (fraction) => fractions.push(fraction) })
      assert.deepEqual([first.width, first.height, first.data.length], [72, 54, 72 * 54 * 4])
      assert.ok(difference(first, photo) > 2, 'it must do something')
      assert.deepEqual(photo.data, before)
      assert.deepEqual(draw(name, photo).data, first.data)
      assert.ok(fractions.every((fraction, at) => fraction >= (fractions[at - 1] ?? 0) && fraction <= 1))
      assert.equal(fractions.at(-1), 1)
    })

    void test('values outside their range or of a wrong type do no harm', () => {
      const wild = Object.fromEntries(Object.keys(defaults).map((key) => [key, Number.NaN]))
      const low = Object.fromEntries(Object.keys(defaults).map((key) => [key, -1e9]))
      const small = { width: 24, height: 20, data: photo.data.slice(0, 24 * 20 * 4) }
      assert.deepEqual(draw(name, small, wild).data, draw(name, small).data)
      assert.equal(draw(name, small, low).data.length, small.data.length)
    })

    void test(
      'alpha stays, and what is hidden under it has no influence',
      { skip: OWN_ALPHA.has(name) },
      () => {
        const hidden = halfHidden(photo)
        const result = draw(name, hidden)
        for (let at = 3; at < hidden.data.length; at += 4) assert.equal(result.data[at], hidden.data[at])
        const other = {
          ...hidden,
          data: hidden.data.map((value, at) =>
            hidden.data[at - (at % 4) + 3] === 0 && at % 4 < 3 ? 9 : value,
          ),
        }
        assert.deepEqual(draw(name, other).data, result.data)
      },
    )

    void test('tiny, thin and empty pictures', () => {
      for (const [width, height] of [
        [1, 1],
        [2, 3],
        [3, 400],
        [400, 2],
      ] as const) {
        const one = draw(
          name,
          picture(width, height, (x, y) => [(x * 9) % 256, y % 256, 90]),
        )
        assert.deepEqual([one.width, one.height, one.data.length], [width, height, width * height * 4])
      }
      assert.equal(draw(name, createRaster(12, 9)).data.length, 12 * 9 * 4)
    })
  })
}
