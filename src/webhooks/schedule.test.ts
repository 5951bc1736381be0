import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { planRetry, RETRY_DELAYS_MS } from './schedule.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

void describe('retry schedule', () => {
  void test('5 s, 5 min, 30 min, 2 h, 5 h, 10 h, then no more', () => {
    const delays = [1, 2, 3, 4, 5, 6, 7].map(
      (failures) => planRetry(failures, { retryAfterMs: null, random: 0 })?.delayMs ?? null,
    )
    assert.deepEqual(delays, [5000, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, null])
  })

  void test('jitter only adds, at most a fifth', () => {
    for (const [index, base] of RETRY_DELAYS_MS.entries()) {
      const most = planRetry(index + 1, { retryAfterMs: null, random: 0.999_999 })?.delayMs ?? 0
      assert.ok(most > base * 1.19 && most <= base * 1.2)
    }
  })

  void test('Retry-After lengthens the pause and holds the endpoint, both within bounds; it never shortens', () => {
    const plan = (failures: number, retryAfterMs: number) => planRetry(failures, { retryAfterMs, random: 0 })
    assert.deepEqual(plan(1, 60_000), { delayMs: 60_000, pauseEndpointMs: 60_000 })
    assert.deepEqual(plan(2, 1000), { delayMs: 5 * MINUTE, pauseEndpointMs: 1000 })
    assert.deepEqual(plan(1, 1e12), { delayMs: 24 * HOUR, pauseEndpointMs: HOUR })
    assert.equal(plan(7, 1000), null)
  })

  void test('an overloaded endpoint that names no time is held for as long as its delivery, a minute at most', () => {
    const pause = (failures: number, retryAfterMs: number | null = null) =>
      planRetry(failures, { retryAfterMs, isOverloaded: true, random: 0 })?.pauseEndpointMs
    assert.deepEqual([pause(1), pause(2), pause(6)], [5000, MINUTE, MINUTE])
    assert.equal(pause(1, 2000), 2000, 'what it asks for counts more')
  })
})
