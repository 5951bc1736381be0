import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createRateLimiter } from './rate-limit.ts'

void describe('rate limit', () => {
  let time = 1000
  const now = (): number => time

  void test('allows a minute at once, then one request whenever its share of the minute has passed', () => {
    const take = createRateLimiter({ now })
    for (let left = 2; left >= 0; left--)
      assert.deepEqual(take('a', 3), { isAllowed: true, remaining: left, resetSeconds: (3 - left) * 20 })
    assert.deepEqual(take('a', 3), { isAllowed: false, remaining: 0, resetSeconds: 20 })
    time += 19_999
    assert.equal(take('a', 3).isAllowed, false)
    time += 1
    assert.equal(take('a', 3).isAllowed, true)
    assert.equal(take('a', 3).isAllowed, false)
  })

  void test('keys have buckets of their own, and a clock that goes back gives nothing away', () => {
    const take = createRateLimiter({ now })
    assert.equal(take('a', 1).isAllowed, true)
    assert.equal(take('b', 1).isAllowed, true)
    time -= 3_600_000
    assert.equal(take('a', 1).isAllowed, false)
  })

  void test('a bucket never holds more than a minute', () => {
    const take = createRateLimiter({ now })
    take('a', 2)
    time += 3_600_000
    assert.deepEqual(
      [take('a', 2), take('a', 2), take('a', 2)].map(({ isAllowed }) => isAllowed),
      [true, true, false],
    )
  })
})
