/** Who runs next: concurrency, fairness, order, queues. */
import assert from 'node:assert/strict'
import type { ClaimedJob } from '../../src/core/ports.ts'
import {
  ACCOUNT,
  claim,
  completed,
  type CreateStateStore,
  LEASE_MS,
  newJob,
  submitMany,
  withStore,
} from './state-store-fixtures.ts'

const byAccount = (claimed: readonly ClaimedJob[]): Record<string, number> => {
  const counts: Record<string, number> = {}
  for (const { job } of claimed) counts[job.accountId] = (counts[job.accountId] ?? 0) + 1
  return counts
}

export function queueContract(create: CreateStateStore): void {
  withStore(create, 'fifty jobs, fifty slots: exactly the concurrency, oldest first', async ({ store }) => {
    const jobs = await submitMany(store, 50)
    const claimed = await claim(store, 50)
    assert.deepEqual(
      claimed.map(({ job }) => job.id),
      jobs.slice(0, 8).map(({ id }) => id),
    )
  })

  withStore(create, 'claims at the same time never exceed a limit nor share a job', async (fixture) => {
    const { store } = fixture
    const second = await fixture.open()
    await store.setConcurrency(ACCOUNT, 3)
    await submitMany(store, 12)
    const running = new Map<string, ClaimedJob>()
    let finished = 0
    while (finished < 12) {
      const claims = await Promise.all(
        [store, second, store, second].map((from, index) => claim(from, 2, `worker-${index}`)),
      )
      for (const claimed of claims.flat()) {
        assert.ok(!running.has(claimed.job.id), 'one job, one worker')
        running.set(claimed.job.id, claimed)
      }
      assert.equal(running.size, Math.min(3, 12 - finished))
      const [next] = running.values()
      assert.ok(next !== undefined)
      running.delete(next.job.id)
      assert.ok((await second.finish(next.lease, completed())) !== null)
      finished += 1
    }
  })

  withStore(create, 'a limit of a queue holds over all workers, and holds up no other', async (fixture) => {
    const { store } = fixture
    const second = await fixture.open()
    await submitMany(store, 6, { queue: 'vendor' })
    await submitMany(store, 1, { queue: 'local' })
    const request = { slots: { vendor: 5, local: 5 }, limits: { vendor: 2, other: 0 }, leaseMs: LEASE_MS }
    const queuesOf = (claimed: readonly ClaimedJob[]): string[] => claimed.map(({ job }) => job.queue).sort()
    const first = await store.claim({ owner: 'w-1', ...request })
    assert.deepEqual(queuesOf(first), ['local', 'vendor', 'vendor'])
    assert.deepEqual(await second.claim({ owner: 'w-2', ...request }), [])
    const [held] = first.filter(({ job }) => job.queue === 'vendor')
    assert.ok(held !== undefined && (await store.finish(held.lease, completed())) !== null)
    assert.deepEqual(queuesOf(await second.claim({ owner: 'w-2', ...request })), ['vendor'])
  })

  withStore(create, 'the concurrency holds over all queues together', async ({ store }) => {
    await store.setConcurrency(ACCOUNT, 3)
    await submitMany(store, 2, { queue: 'local' })
    await submitMany(store, 5, { queue: 'remote' })
    const slots = { local: 8, remote: 8 }
    const claimed = await store.claim({ owner: 'w', slots, leaseMs: LEASE_MS })
    assert.deepEqual(
      claimed.map(({ job }) => job.queue),
      ['local', 'local', 'remote'],
    )
    assert.deepEqual(await store.claim({ owner: 'w', slots, leaseMs: LEASE_MS }), [])
  })

  withStore(create, 'a full queue does not hold up another, not even behind a backlog', async ({ store }) => {
    await store.setConcurrency(ACCOUNT, 4)
    await submitMany(store, 8, { queue: 'local' })
    const remote = await store.submit(newJob({ queue: 'remote' }))
    assert.equal(remote.status, 'backlogged')
    const [local] = await store.claim({ owner: 'w', slots: { local: 1 }, leaseMs: LEASE_MS })
    assert.equal(local?.job.queue, 'local')
    const slots = { local: 0, remote: 2, unknown: 5 }
    const claimed = await store.claim({ owner: 'w', slots, leaseMs: LEASE_MS })
    assert.deepEqual(
      claimed.map(({ job }) => job.id),
      [remote.id],
    )
  })

  withStore(create, 'slots go to the accounts that run least', async ({ store }) => {
    await submitMany(store, 8, { accountId: 'busy' })
    assert.equal((await claim(store, 3)).length, 3)
    await submitMany(store, 4, { accountId: 'new' })
    assert.deepEqual(byAccount(await claim(store, 3)), { new: 3 })
    assert.deepEqual(byAccount(await claim(store, 1)), { busy: 1 }, 'equal shares: the longest unserved')
  })

  withStore(
    create,
    'two hundred accounts are served evenly, on a clock that stands still',
    async ({ store }) => {
      const accounts = Array.from({ length: 200 }, (_, index) => `account-${index}`)
      await Promise.all(
        accounts.flatMap((accountId) => [1, 2, 3, 4, 5].map(() => store.submit(newJob({ accountId })))),
      )
      const served: Record<string, number> = {}
      for (let round = 0; round < 50; round++) {
        const claimed = await claim(store, 8)
        assert.equal(claimed.length, 8)
        for (const [account, count] of Object.entries(byAccount(claimed)))
          served[account] = (served[account] ?? 0) + count
        await Promise.all(claimed.map(({ lease }) => store.finish(lease, completed())))
      }
      assert.deepEqual(served, Object.fromEntries(accounts.map((account) => [account, 2])))
    },
  )

  withStore(create, 'a large backlog of one account delays nobody', async ({ store }) => {
    await Promise.all(Array.from({ length: 2000 }, () => store.submit(newJob({ accountId: 'large' }))))
    await submitMany(store, 2, { accountId: 'small' })
    assert.deepEqual(byAccount(await claim(store, 4)), { large: 2, small: 2 })
    assert.equal(await store.countPending(), 2002)
  })
}
