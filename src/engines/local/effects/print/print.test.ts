import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cropPhoto } from '../../../../../test/support/pictures.ts'
import { greyOf } from '../kit/plane.ts'
import { createBlueNoise, createDotScreen } from '../kit/screens.ts'
import {
  autocorrelation,
  colours,
  correlation,
  disc,
  draw,
  flat,
  mean,
  mostChroma,
  picture,
} from '../testing.ts'

const photo = await cropPhoto('cat', { left: 150, top: 60, width: 160, height: 120 })

void test('a dot screen inks exactly the share of the area that was asked for', () => {
  const screen = createDotScreen({ pitch: 8, angle: 45 })
  for (const tone of [0, 0.1, 0.35, 0.5, 0.8, 1]) {
    let inked = 0
    for (let at = 0; at < 160 * 160; at += 1) inked += screen(at % 160, Math.floor(at / 160), tone)
    assert.ok(Math.abs(inked / (160 * 160) - tone) < 0.02, `${tone}: ${inked / (160 * 160)}`)
  }
})

void test('blue noise is spread evenly and neighbours differ', () => {
  const noise = createBlueNoise(5)
  const line = Array.from({ length: 64 * 64 }, (_, at) => noise(at % 64, Math.floor(at / 64)))
  assert.ok(Math.abs(line.reduce((sum, value) => sum + value, 0) / line.length - 0.5) < 0.001)
  assert.ok(autocorrelation(line, 1) < -0.1)
})

void test('halftone in black: only black and white, and the local mean follows the tone', () => {
  const ramp = picture(240, 120, (x) => [x + 8, x + 8, x + 8])
  const drawn = draw('halftone', ramp, { inks: 'black', pitch: 0.05 })
  assert.equal(mostChroma(drawn), 0)
  const tone = greyOf(drawn)
  for (const from of [0, 60, 120, 180]) {
    const inside = (x: number): boolean => x >= from && x < from + 60
    const gap = Math.abs(mean(tone, inside) - mean(greyOf(ramp), inside))
    assert.ok(gap < 0.04, `${from}: ${gap}`)
  }
})

void test('halftone in four inks: white stays paper, black is solid, red has no cyan', () => {
  assert.equal(mean(greyOf(draw('halftone', flat(64, [255, 255, 255])))), 1)
  assert.ok(mean(greyOf(draw('halftone', flat(64, [0, 0, 0])))) < 0.06)
  const { data } = draw('halftone', flat(64, [255, 0, 0]))
  assert.ok(data.every((value, at) => at % 4 !== 0 || value > 200))
})

void test('risograph: all colours are mixtures of paper and the two named inks', () => {
  const light = draw('risograph', flat(48, [255, 255, 255]), { inks: 'teal_orange' })
  assert.ok(mean(greyOf(light)) > 0.85)
  const [red = 0, green = 0, blue = 0] = draw('risograph', disc(96), { inks: 'green_red' }).data.subarray(
    (48 * 96 + 48) * 4,
  )
  assert.ok(green >= blue && Math.max(red, green, blue) < 120)
  const pink = draw('risograph', flat(48, [250, 120, 100])).data
  assert.ok((pink[0] ?? 0) > (pink[1] ?? 0) + 60)
})

void test('comic: few tones between its lines', () => {
  const ramp = picture(256, 256, (x) => [x, x, x])
  const drawn = greyOf(draw('comic', ramp, { dots: 0, line: 0, steps: 3 }))
  const counts = new Map<number, number>()
  for (const value of drawn.data)
    counts.set(Math.round(value * 50), (counts.get(Math.round(value * 50)) ?? 0) + 1)
  const main = [...counts.values()]
    .sort((a, b) => b - a)
    .slice(0, 4)
    .reduce((sum, value) => sum + value, 0)
  assert.ok(main > drawn.data.length * 0.8, `${main / drawn.data.length} of the area in four tones`)
})

void test('blueprint is blue with light lines at edges, cyanotype keeps the tones', () => {
  const drawn = draw('blueprint', disc(160), { grid: 0, shading: 0 })
  const tone = greyOf(drawn)
  const onRim = (x: number, y: number): boolean => Math.abs(Math.hypot(x - 79.5, y - 79.5) - 48) < 1.5
  const away = (x: number, y: number): boolean => Math.abs(Math.hypot(x - 79.5, y - 79.5) - 48) > 12
  assert.ok(mean(tone, onRim) > mean(tone, away) + 0.15)
  const [red = 0, , blue = 0] = drawn.data.subarray((80 * 160 + 80) * 4)
  assert.ok(blue > red + 60)
  const print = draw('cyanotype', photo, { border: 0 })
  assert.ok(correlation(greyOf(print), greyOf(photo)) > 0.9)
  assert.ok(colours(print).size > 50)
})
