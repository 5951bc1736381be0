import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createQueueRoom } from './queue-room.ts'

void describe('queue room', () => {
  void test('submits at once take no more places than there are, and a place that failed is free again', async () => {
    let pending = 3
    const room = createQueueRoom({ countPending: async () => pending }, 5)
    const submit = (): Promise<void> =>
      room.hold(async () => {
        await new Promise((resolve) => setImmediate(resolve))
        pending += 1
      })
    const outcomes = await Promise.allSettled(Array.from({ length: 20 }, submit))
    const refused = outcomes.filter((outcome) => outcome.status === 'rejected')
    assert.equal(refused.length, 18)
    assert.ok(refused.every(({ reason }) => (reason as { code: string }).code === 'queue_full'))
    assert.equal(pending, 5)
    pending = 4
    await assert.rejects(
      room.hold(() => Promise.reject(new Error('the input is no image'))),
      /no image/u,
    )
    await submit()
    assert.equal(pending, 5)
  })
})
