import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cropPhoto } from '../../../../../test/support/pictures.ts'
import type { Raster } from '../../../../imaging/raster.ts'
import { blur } from '../kit/blur.ts'
import { labOf } from '../kit/colour.ts'
import { flowOf } from '../kit/flow.ts'
import { kuwahara } from '../kit/kuwahara.ts'
import { greyOf, mapPlane, type Plane } from '../kit/plane.ts'
import { createRandom } from '../kit/random.ts'
import { correlation, disc, draw, flat, mean, picture, spread } from '../testing.ts'

const photo = await cropPhoto('cat', { left: 150, top: 60, width: 112, height: 84 })
const PAINTED = ['oil', 'watercolour', 'gouache', 'pastel', 'pointillism'] as const

function soft(raster: Raster): Plane {
  return blur(greyOf(raster), 5)
}

void test('from afar a painting looks like its picture', () => {
  for (const name of PAINTED) {
    const likeness = correlation(soft(photo), soft(draw(name, photo, { border: 0 })))
    assert.ok(likeness > 0.9, `${name}: ${likeness}`)
  }
})

void test('the Kuwahara filter takes noise out and leaves the edge of a shape sharp', () => {
  const random = createRandom(3)
  const noisy = picture(96, 96, (x) => {
    const value = (x < 48 ? 60 : 190) + Math.round((random() - 0.5) * 50)
    return [value, value, value]
  })
  const lab = labOf(noisy)
  const result = kuwahara(lab, flowOf(greyOf(noisy), 3), { radius: 6 })
  const tone = { width: 96, height: 96, data: result.l }
  const before = { width: 96, height: 96, data: lab.l }
  const crop = (plane: Plane): Plane => ({
    width: 96,
    height: 30,
    data: plane.data.filter((_, at) => at % 96 > 5 && at % 96 < 36),
  })
  assert.ok(spread(crop(tone)) < spread(crop(before)) / 3)
  const step = mean(tone, (x) => x === 50) - mean(tone, (x) => x === 45)
  const full = mean(tone, (x) => x > 70) - mean(tone, (x) => x < 25)
  assert.ok(step > full * 0.85, `${step} of ${full}`)
})

void test('oil: the relief follows the amount, and is flat at 0', () => {
  const plain = (relief: number): number =>
    spread(greyOf(draw('oil', flat(96, [150, 150, 150]), { relief, canvas: 0 })))
  assert.equal(plain(0), 0)
  assert.ok(plain(1) > plain(0.3) && plain(0.3) > 0)
})

void test('watercolour: lights and the border are paper, washes dry darker at their edge', () => {
  const drawn = greyOf(draw('watercolour', disc(200), { granulation: 0 }))
  const ring = (from: number, to: number) => (x: number, y: number) => {
    const distance = Math.hypot(x - 100, y - 100)
    return distance >= from && distance < to
  }
  assert.ok(mean(drawn, ring(75, 140)) > 0.95)
  const grey = picture(200, 200, (x, y) =>
    Math.hypot(x - 100, y - 100) < 60 ? [120, 120, 120] : [255, 255, 255],
  )
  const wash = greyOf(draw('watercolour', grey, { granulation: 0, edges: 1 }))
  assert.ok(mean(wash, ring(56, 60)) < mean(wash, ring(0, 35)) - 0.02)
  const bordered = greyOf(draw('watercolour', flat(100, [90, 90, 90]), { border: 1 }))
  assert.ok(mean(bordered, (x, y) => x === 0 || y === 0) > 0.95)
  assert.ok(mean(bordered, (x, y) => x > 30 && x < 70 && y > 30 && y < 70) < 0.8)
})

void test('watercolour: granulation gives an even wash a grain', () => {
  const grain = (granulation: number): number => {
    const tone = greyOf(draw('watercolour', flat(96, [120, 120, 120]), { granulation, border: 0 }))
    const wide = blur(tone, 4)
    return spread(mapPlane(tone, (value, at) => value - (wide.data[at] ?? 0)))
  }
  assert.ok(grain(1) > grain(0) * 2)
})

void test('gouache has fewer tones than its picture, pastel shows the paper asked for', () => {
  const ramp = picture(256, 40, (x) => [x, x, x])
  const steps = draw('gouache', ramp, { steps: 4 })
  const tone = blur(greyOf(steps), 1)
  const slopes = Array.from({ length: 250 }, (_, x) =>
    Math.abs((tone.data[20 * 256 + x + 3] ?? 0) - (tone.data[20 * 256 + x] ?? 0)),
  )
  assert.ok(
    slopes
      .toSorted((a, b) => b - a)
      .slice(0, 25)
      .reduce((sum, value) => sum + value, 0) >
      slopes.reduce((sum, value) => sum + value, 0) * 0.3,
  )
  const night = mean(greyOf(draw('pastel', flat(64, [220, 220, 220]), { paper: 'night', coverage: 0.3 })))
  const sand = mean(greyOf(draw('pastel', flat(64, [220, 220, 220]), { paper: 'sand', coverage: 0.3 })))
  assert.ok(night < sand - 0.05)
})

void test('pointillism divides an even colour into many', () => {
  const hue = (division: number): number => {
    const lab = labOf(draw('pointillism', flat(96, [90, 140, 90]), { division }))
    return spread({ width: 96, height: 96, data: lab.a })
  }
  assert.ok(hue(1) > 0.02)
  assert.ok(hue(0) < hue(1) / 2)
})
