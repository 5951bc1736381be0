import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { dollars, holdOf } from './money.ts'

void describe('holdOf', () => {
  const priced = (microUsd: number | null) => ({ microUsd, basis: 'list_price', computeUnits: null }) as const
  const limit = (microUsd: number, isOfKey = false) => ({ maxCost: { microUsd, isOfKey } })

  void test('holds the price, and the limit where the price is unknown', () => {
    assert.equal(holdOf(priced(39), { maxCost: null }), 39)
    assert.equal(holdOf(priced(39), limit(39)), 39)
    assert.equal(holdOf(priced(null), limit(39)), 39)
    assert.equal(holdOf(priced(null), { maxCost: null }), null)
  })

  void test('refuses a price above the limit, and says whose limit it is', () => {
    const header = { code: 'invalid_request', message: /^X-Max-Cost: .*\$0\.04 is above .*\$0\.039$/u }
    assert.throws(() => holdOf(priced(40_000), limit(39_000)), header)
    const ofKey = { code: 'insufficient_credits', message: /limit of this API key .*insufficient/u }
    assert.throws(() => holdOf(priced(40_000), limit(39_000, true)), ofKey)
  })
})

void test('dollars', () => {
  assert.deepEqual([39_000, 0, 1_500_000, -1, 12_345_678].map(dollars), [
    '$0.039',
    '$0.00',
    '$1.50',
    '-$0.000001',
    '$12.345678',
  ])
})
