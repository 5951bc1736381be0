import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { parseCursor, renderCursor } from './cursor.ts'

const NOON = Date.parse('2026-11-24T12:00:00Z') * 1000

void test('a cursor has six digits and comes back as it went', () => {
  assert.equal(renderCursor(NOON + 123_456), '2026-11-24T12:00:00.123456Z')
  assert.equal(renderCursor(NOON), '2026-11-24T12:00:00.000000Z')
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4_000_000_000_000_000 }), (micros) => {
      assert.equal(parseCursor(renderCursor(micros)), micros)
    }),
  )
})

void test('any ISO date or time is a cursor', () => {
  const times: [string, number][] = [
    ['2026-11-24T12:00:00.000Z', 0],
    ['2026-11-24T12:00:00.5Z', 500_000],
    ['2026-11-24T12:00:00.1234567Z', 123_456],
    ['2026-11-24T12:00:00', 0],
    ['2026-11-24T12:00Z', 0],
    ['2026-11-24 12:00:00Z', 0],
    ['2026-11-24T13:00:00+01:00', 0],
    // A plus sign in a query string arrives as a space.
    ['2026-11-24T13:00:00 01:00', 0],
    ['2026-11-24T07:00:00-0500', 0],
    ['2026-11-24', -43_200_000_000],
  ]
  for (const [text, offset] of times) assert.equal(parseCursor(text), NOON + offset, text)
})

void test('far times are the farthest exact number', () => {
  assert.equal(parseCursor('9999-12-31T23:59:59Z'), Number.MAX_SAFE_INTEGER)
  assert.equal(parseCursor('0001-01-01'), -Number.MAX_SAFE_INTEGER)
})

void test('anything else is none', () => {
  for (const text of [
    '',
    'x',
    '1700000000',
    '2026-13-01',
    '2026-11-24T25:00:00Z',
    'Tue, 24 Nov 2026',
    '9'.repeat(10_000),
  ])
    assert.equal(parseCursor(text), null, text.slice(0, 40))
})
