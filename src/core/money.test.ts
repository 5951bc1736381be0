import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { dollars, holdOf, isCovered, limitWarnings, moveLimitWarnings } from './money.ts'
import { UNCONFIGURED_ENGINE } from './unconfigured-engine.ts'

const priced = (microUsd: number | null, engine = 'vendor') => ({
  engine,
  estimate: { microUsd, basis: 'list_price', computeUnits: null } as const,
})
const limit = (microUsd: number, isOfKey = false) => ({ maxCost: { microUsd, isOfKey } })

void describe('holdOf', () => {
  void test('holds the price, and the limit where the price is unknown', () => {
    assert.equal(holdOf(priced(39), { maxCost: null }), 39)
    assert.equal(holdOf(priced(39), limit(39)), 39)
    assert.equal(holdOf(priced(0), limit(0)), 0)
    assert.equal(holdOf(priced(null), limit(39)), 39)
    assert.equal(holdOf(priced(null), { maxCost: null }), null)
  })

  void test('refuses a price above the limit, and says whose limit it is', () => {
    const header = { code: 'invalid_request', message: /^X-Max-Cost: .*\$0\.04 is above .*\$0\.039$/u }
    assert.throws(() => holdOf(priced(40_000), limit(39_000)), header)
    const ofKey = { code: 'insufficient_credits', message: /limit of this API key .*insufficient/u }
    assert.throws(() => holdOf(priced(40_000), limit(39_000, true)), ofKey)
  })

  void test('refuses an unknown price where nothing may be spent, except where nothing will run', () => {
    const header = { code: 'invalid_request', message: /^X-Max-Cost: the price of vendor .*not known/u }
    assert.throws(() => holdOf(priced(null), limit(0)), header)
    const ofKey = { code: 'insufficient_credits', message: /limit of this API key .*vendor .*not known/u }
    assert.throws(() => holdOf(priced(null), limit(0, true)), ofKey)
    assert.equal(holdOf(priced(null, UNCONFIGURED_ENGINE), limit(0)), 0)
  })
})

void test('an unknown price is covered by what was set aside for another, if that is anything', () => {
  const [known, unknown] = [priced(39).estimate, priced(null).estimate]
  assert.equal(isCovered(unknown, { heldMicroUsd: 39, planned: unknown }), true)
  assert.equal(isCovered(unknown, { heldMicroUsd: 0, planned: unknown }), false)
  assert.equal(isCovered(unknown, { heldMicroUsd: 39, planned: known }), false)
})

void describe('limitWarnings', () => {
  const pathsOf = (...of: Parameters<typeof limitWarnings>) => limitWarnings(...of).map(({ path }) => path)

  void test('an unknown price under a limit is told, with whose limit it is', () => {
    assert.deepEqual(pathsOf(priced(null), limit(39).maxCost), ['X-Max-Cost'])
    assert.deepEqual(pathsOf(priced(null), limit(39, true).maxCost), ['max_cost_usd'])
    assert.deepEqual(pathsOf(priced(null), null), [])
    assert.deepEqual(pathsOf(priced(39), limit(39).maxCost), [])
    assert.deepEqual(pathsOf(priced(null, UNCONFIGURED_ENGINE), limit(39).maxCost), [])
  })

  void test('an engine that takes over is named instead, and not at all when its price is known', () => {
    const other = { code: 'unknown_parent', path: 'p', message: 'm' }
    const told = [other, ...limitWarnings(priced(null), limit(39).maxCost)]
    const [kept, moved] = moveLimitWarnings(told, priced(null, 'market'))
    assert.deepEqual([kept, moved?.path], [other, 'X-Max-Cost'])
    assert.match(String(moved?.message), /may cost more: the price of market /u)
    assert.deepEqual(moveLimitWarnings(told, priced(30, 'market')), [other])
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
