import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readRetryAfter } from './retry-after.ts'

const NOW = Date.parse('2026-11-22T10:00:00Z')
const read = (headers: Record<string, string>, text = ''): number | null =>
  readRetryAfter({ headers, text }, NOW)

void test('headers: seconds, milliseconds and dates', () => {
  assert.equal(read({ 'retry-after': '7' }), 7000)
  assert.equal(read({ 'retry-after': '0.5' }), 500)
  assert.equal(read({ 'retry-after': '7', 'retry-after-ms': '1250' }), 1250)
  assert.equal(read({ 'retry-after': 'Sun, 22 Nov 2026 10:00:30 GMT' }), 30_000)
  assert.equal(read({ 'retry-after': 'Sun, 22 Nov 2026 09:00:00 GMT' }), 0, 'a date that passed')
})

void test('hints in the words of the vendors', () => {
  assert.equal(read({}, '{"details":[{"retryDelay": "17s"}]}'), 17_000)
  assert.equal(read({}, 'Your rate limit resets in ~30s.'), 30_000)
  assert.equal(read({}, 'Please try again in 1m30.5s.'), 90_500)
  assert.equal(read({}, 'Please try again in 350ms'), 350)
})

void test('nothing usable is null, and nothing waits longer than a day', () => {
  for (const value of ['soon', '-5', '1e9', '']) assert.equal(read({ 'retry-after': value }), null)
  assert.equal(read({}, 'the year resets'), null)
  assert.equal(read({ 'retry-after': '999999999' }), 86_400_000)
})
