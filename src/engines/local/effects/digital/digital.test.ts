import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cropPhoto } from '../../../../../test/support/pictures.ts'
import { greyOf } from '../kit/plane.ts'
import { colours, disc, draw, flat, mean, mostChroma, picture } from '../testing.ts'

const photo = await cropPhoto('cat', { left: 150, top: 60, width: 160, height: 120 })

void test('emboss: flat is middle grey, one side of a step is lit and the other dark', () => {
  assert.deepEqual([...colours(draw('emboss', flat(40, [200, 30, 90])))], ['128,128,128'])
  assert.equal(mostChroma(draw('emboss', photo)), 0)
  const tone = greyOf(draw('emboss', disc(120)))
  const rim = (fromX: number) => (x: number, y: number) =>
    Math.abs(Math.hypot(x - 59.5, y - 59.5) - 36) < 2 && Math.abs(x - fromX) < 8 && Math.abs(y - fromX) < 8
  const [upper, lower] = [mean(tone, rim(34)), mean(tone, rim(85))]
  assert.ok(Math.abs(upper - lower) > 0.25, `${upper} and ${lower}`)
  const turned = greyOf(draw('emboss', disc(120), { angle: 45 }))
  assert.ok(Math.sign(mean(turned, rim(34)) - 0.5) !== Math.sign(upper - 0.5))
})

void test('glitch: the channels part, rows are torn, and nothing happens at zero', () => {
  const calm = draw('glitch', photo, { tear: 0, split: 0, blocks: 0, scanlines: 0 })
  assert.deepEqual(calm.data, photo.data)
  const bar = picture(120, 90, (x) => (x >= 55 && x < 65 ? [255, 255, 255] : [0, 0, 0]))
  const split = draw('glitch', bar, { tear: 0, split: 1, blocks: 0, scanlines: 0 })
  assert.ok(mostChroma(split) === 255)
  const torn = draw('glitch', bar, { tear: 1, split: 0, blocks: 0, scanlines: 0 })
  const starts = new Set(
    Array.from({ length: 90 }, (_, y) =>
      torn.data.subarray(y * 480, y * 480 + 480).findIndex((value, at) => at % 4 === 0 && value > 128),
    ),
  )
  assert.ok(starts.size > 2)
})

void test('neon: dark where nothing is, coloured light along edges, a halo around it', () => {
  const drawn = draw('neon_edges', disc(160))
  const tone = greyOf(drawn)
  const at = (from: number, to: number) => (x: number, y: number) => {
    const distance = Math.abs(Math.hypot(x - 79.5, y - 79.5) - 48)
    return distance >= from && distance < to
  }
  assert.ok(mean(tone, at(0, 1.5)) > 0.4, `${mean(tone, at(0, 1.5))}`)
  assert.ok(mean(tone, at(25, 60)) < 0.25, `${mean(tone, at(25, 60))}`)
  assert.ok(mean(tone, at(4, 6)) > mean(tone, at(20, 30)))
  assert.ok(mostChroma(drawn) > 120)
})
