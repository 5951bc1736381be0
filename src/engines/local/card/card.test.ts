import assert from 'node:assert/strict'
import { test } from 'node:test'
import { largestDifference } from '../../../../test/support/pictures.ts'
import { drawCard } from './draw-card.ts'
import { typeset } from './font.ts'
import { breakLines } from './text.ts'

const TEXT = { label: 'DRAFT', body: 'a fox on a tram', footer: 'draft: no engine configured for a/b' }
const SIZE = { width: 320, height: 200 }

test('every printable character of ASCII and every letter of Latin-1 has a glyph', () => {
  const ascii = Array.from({ length: 94 }, (_, index) => String.fromCodePoint(33 + index))
  const latin = Array.from({ length: 64 }, (_, index) => String.fromCodePoint(192 + index))
  for (const character of [...ascii, ...latin.filter((letter) => letter !== '÷')]) {
    const { glyphs, substitutes } = typeset(character)
    assert.equal(substitutes, 0, character)
    assert.ok(glyphs.length > 0 && glyphs.every(({ strokes }) => strokes.length > 0), character)
  }
})

test('no two letters look alike, and accents change a letter', () => {
  const characters = Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789éèêëñçå')
  const drawn = new Set(characters.map((character) => JSON.stringify(typeset(character).glyphs)))
  assert.equal(drawn.size, characters.length)
})

test('what the font lacks is a visible box and is counted; joiners and accents are not', () => {
  assert.equal(typeset('狐').substitutes, 1)
  assert.equal(typeset('狐').glyphs.length, 1)
  assert.equal(typeset('e\u0301\u200D').glyphs.length, 1)
  assert.equal(drawCard(SIZE, { ...TEXT, body: 'fox 狐 🦊' }, 1).substitutes, 2)
})

test('lines keep to their width, also with a word that is wider', () => {
  const { lines } = breakLines('one two pneumonoultramicroscopicsilicovolcanoconiosis three', 60)
  assert.ok(lines.length > 3)
  for (const { width } of lines) assert.ok(width <= 60, String(width))
  const glyphs = lines.reduce((sum, line) => sum + line.glyphs.length, 0)
  assert.equal(glyphs, 'onetwopneumonoultramicroscopicsilicovolcanoconiosisthree'.length)
})

test('the same card twice is the same picture; other words or another seed are not', () => {
  const first = drawCard(SIZE, TEXT, 7).raster
  assert.equal(largestDifference(first, drawCard(SIZE, TEXT, 7).raster), 0)
  assert.ok(largestDifference(first, drawCard(SIZE, TEXT, 8).raster) > 0)
  assert.ok(largestDifference(first, drawCard(SIZE, { ...TEXT, body: 'a dog' }, 7).raster) > 100)
})

test('the words stand out clearly from the ground', () => {
  const { raster } = drawCard(SIZE, TEXT, 7)
  const lumas = Array.from({ length: raster.data.length / 4 }, (_, pixel) => raster.data[pixel * 4 + 1] ?? 0)
  const bright = lumas.filter((luma) => luma > 220).length / lumas.length
  assert.ok(bright > 0.02 && bright < 0.5, String(bright))
  const median = lumas.sort((a, b) => a - b)[Math.floor(lumas.length / 2)] ?? 255
  assert.ok(median < 128, String(median))
})

test('every size works, and a text that does not fit is said to be cut', () => {
  for (const [width, height] of [
    [1, 1],
    [3, 200],
    [200, 3],
    [64, 64],
  ] as const) {
    const { raster } = drawCard({ width, height }, TEXT, 1)
    assert.equal(raster.data.length, width * height * 4)
  }
  assert.equal(drawCard(SIZE, TEXT, 1).isCut, false)
  assert.equal(drawCard({ width: 90, height: 60 }, { ...TEXT, body: 'long '.repeat(200) }, 1).isCut, true)
})
