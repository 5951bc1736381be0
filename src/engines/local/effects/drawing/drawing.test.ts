import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cropPhoto } from '../../../../../test/support/pictures.ts'
import { blur } from '../kit/blur.ts'
import { edgesOf } from '../kit/flow.ts'
import { greyOf } from '../kit/plane.ts'
import { correlation, disc, draw, flat, mean, mostChroma, spread } from '../testing.ts'

const AREA = { left: 150, top: 60, width: 160, height: 120 }
const photo = await cropPhoto('cat', AREA)
const DRAWN = ['pencil', 'charcoal', 'ink', 'linocut', 'engraving'] as const

void test('drawings in one ink have next to no colour', () => {
  for (const name of DRAWN) assert.ok(mostChroma(draw(name, photo)) < 34, name)
  assert.ok(mostChroma(photo) > 60)
})

void test('dark parts get more ink than light ones', () => {
  const middle = (x: number, y: number): boolean => Math.hypot(x - 64, y - 64) < 28
  const outside = (x: number, y: number): boolean => Math.hypot(x - 64, y - 64) > 48
  for (const name of [...DRAWN, 'coloured_pencil']) {
    const drawn = greyOf(draw(name, disc(128)))
    assert.ok(mean(drawn, outside) > 0.85, `${name}: paper ${mean(drawn, outside)}`)
    assert.ok(mean(drawn, middle) < 0.62, `${name}: ink ${mean(drawn, middle)}`)
  }
})

void test('pencil: highlights are paper, not scratchboard, and lines lie where the picture has edges', () => {
  const drawn = greyOf(draw('pencil', photo))
  assert.ok(mean(drawn) > 0.6, `mean ${mean(drawn)}`)
  const edges = blur(edgesOf(greyOf(photo)), 1.5)
  const darkness = blur({ ...drawn, data: drawn.data.map((value) => 1 - value) }, 1.5)
  const likeness = correlation(edges, darkness)
  assert.ok(likeness > 0.25, `correlation ${likeness}`)
})

void test('pencil: hatching leaves strokes where the tone is even', () => {
  assert.ok(spread(greyOf(draw('pencil', flat(96, [70, 70, 70])))) > 0.03)
  assert.ok(spread(greyOf(draw('pencil', flat(96, [255, 255, 255])))) < 0.02)
})

void test('coloured pencils keep the hue of the picture', () => {
  const { data } = draw('coloured_pencil', flat(64, [200, 60, 40]))
  const [red = 0, green = 0, blue = 0] = [0, 1, 2].map((c) =>
    data.filter((_, at) => at % 4 === c).reduce((sum, value) => sum + value, 0),
  )
  assert.ok(red > green * 1.3 && red > blue * 1.3)
})

void test('ink is black or white almost everywhere, linocut takes the named ink', () => {
  const tones = greyOf(draw('ink', photo)).data
  const between = tones.filter((tone) => tone > 0.25 && tone < 0.75).length / tones.length
  assert.ok(between < 0.25, `${between} of the pixels are grey`)
  const at = (64 * 128 + 64) * 4
  const [red = 0, , blue = 0] = draw('linocut', disc(128), { ink: 'blue' }).data.subarray(at, at + 3)
  assert.ok(blue > red + 20)
  assert.deepEqual(draw('linocut', disc(128), { ink: 'plaid' }).data, draw('linocut', disc(128)).data)
})

void test('engraving draws lines at the pitch asked for, thicker where it is darker', () => {
  const light = greyOf(draw('engraving', flat(200, [200, 200, 200]), { pitch: 0.05 }))
  const dark = greyOf(draw('engraving', flat(200, [90, 90, 90]), { pitch: 0.05 }))
  assert.ok(mean(dark) < mean(light) - 0.2)
  const column = Array.from({ length: 200 }, (_, y) => light.data[y * 200 + 100] ?? 0)
  const starts = column.filter((value, y) => value < 0.5 && (column[y - 1] ?? 1) >= 0.5).length
  assert.ok(Math.abs(starts - 19) <= 2, `${starts} lines on 200 px`)
})
