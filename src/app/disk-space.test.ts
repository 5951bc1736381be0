import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { tmpdir } from 'node:os'
import { createDiskGuard } from './disk-space.ts'

void describe('disk guard', () => {
  void test('refuses below the mark, and asks the disk once a second', async () => {
    let now = 0
    let free = 100
    let asked = 0
    const measure = (): Promise<number> => {
      asked += 1
      return Promise.resolve(free)
    }
    const guard = createDiskGuard({ directory: '/', minFreeBytes: 100, clock: { now: () => now }, measure })
    await guard()
    free = 99
    await guard()
    assert.equal(asked, 1)
    now = 1000
    await assert.rejects(guard(), { code: 'storage_full', retryAfterSeconds: 60 })
    now = 2000
    free = 100
    await guard()
  })

  void test('0 switches it off; the real disk has more than a byte', async () => {
    const clock = { now: () => 0 }
    const measure = (): Promise<number> => Promise.resolve(0)
    await createDiskGuard({ directory: '/', minFreeBytes: 0, clock, measure })()
    await createDiskGuard({ directory: tmpdir(), minFreeBytes: 1, clock })()
  })
})
