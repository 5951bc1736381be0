/** How many jobs of a key run at once: exact, like that of accounts, and never in the way of others. */
import assert from 'node:assert/strict'
import type { ClaimedJob, NewJob, StateStore } from '../../src/core/ports.ts'
import {
  ACCOUNT,
  claim,
  completed,
  countByStatus,
  type CreateStateStore,
  giveBack,
  LEASE_MS,
  newJob,
  stored,
  withStore,
} from './state-store-fixtures.ts'

/** A job of a key that may run `concurrency` at once; null: any number. */
export function keyedJob(
  keyId: string,
  concurrency: number | null,
  changes: Parameters<typeof newJob>[0] = {},
): NewJob {
  return newJob({ terms: { keyId, concurrency, monthlyBudgetMicroUsd: null, heldMicroUsd: 0 }, ...changes })
}

async function submitAll(store: StateStore, jobs: readonly NewJob[]): Promise<string[]> {
  const words: string[] = []
  for (const job of jobs) words.push((await store.submit(job)).status)
  return words
}

const idsOf = (claimed: readonly ClaimedJob[]): string[] => claimed.map(({ job }) => job.id)
const many = (count: number, make: () => NewJob): NewJob[] => Array.from({ length: count }, make)

export function keyConcurrencyContract(create: CreateStateStore): void {
  withStore(
    create,
    'over the concurrency of a key jobs are backlogged, and follow in order',
    async ({ store }) => {
      const jobs = many(5, () => keyedJob('key', 2))
      const words = await submitAll(store, jobs)
      assert.deepEqual(words, ['queued', 'queued', 'backlogged', 'backlogged', 'backlogged'])
      const [first, second, ...rest] = await claim(store, 8)
      assert.ok(first !== undefined && second !== undefined)
      assert.deepEqual(
        [...idsOf([first, second]), ...rest],
        jobs.slice(0, 2).map(({ id }) => id),
      )
      assert.deepEqual(await claim(store, 8), [])
      await store.finish(first.lease, completed())
      assert.equal((await stored(store, jobs[2]?.id ?? '')).status, 'queued')
      assert.deepEqual(await countByStatus(store), { completed: 1, scheduled: 1, queued: 1, backlogged: 2 })
      assert.deepEqual(idsOf(await claim(store, 8)), [jobs[2]?.id])
      await store.cancel(jobs[3]?.id ?? '', ACCOUNT)
      await store.finish(second.lease, { status: 'cancelled' })
      assert.deepEqual(idsOf(await claim(store, 8)), [jobs[4]?.id])
    },
  )

  withStore(
    create,
    'a full key holds nobody up: other keys and jobs of none run by their age',
    async ({ store }) => {
      const blocked = many(20, () => keyedJob('full', 1))
      const others = [keyedJob('open', null), keyedJob('other', 1), newJob(), keyedJob('other', 1)]
      await submitAll(store, [...blocked, ...others])
      const claimed = await claim(store, 6)
      assert.deepEqual(
        idsOf(claimed),
        [blocked[0], ...others.slice(0, 3)].map((job) => job?.id),
      )
      assert.deepEqual(await claim(store, 6), [])
    },
  )

  withStore(create, 'it holds over all queues together, and within the account', async ({ store }) => {
    await store.setConcurrency(ACCOUNT, 3)
    const jobs = [
      keyedJob('a', 1, { queue: 'local' }),
      keyedJob('a', 1, { queue: 'remote' }),
      keyedJob('b', 9, { queue: 'remote' }),
      keyedJob('b', 9, { queue: 'local' }),
      keyedJob('b', 9, { queue: 'local' }),
    ]
    const words = await submitAll(store, jobs)
    assert.deepEqual(words, ['queued', 'backlogged', 'queued', 'queued', 'backlogged'])
    const slots = { local: 8, remote: 8 }
    const claimed = await store.claim({ owner: 'w', slots, leaseMs: LEASE_MS })
    assert.equal(claimed.length, 3)
    assert.equal(claimed.filter(({ job }) => [jobs[0]?.id, jobs[1]?.id].includes(job.id)).length, 1)
    assert.deepEqual(await store.claim({ owner: 'w', slots, leaseMs: LEASE_MS }), [])
  })

  withStore(
    create,
    'a job that waits for its time, and one whose worker is lost, leave the room',
    async (fixture) => {
      const { store, clock } = fixture
      const [first, second] = many(2, () => keyedJob('key', 1))
      assert.ok(first !== undefined && second !== undefined)
      await submitAll(store, [first, second])
      const [held] = await claim(store, 8)
      assert.ok(held !== undefined)
      await giveBack(store, held.lease, clock.now() + 1000)
      assert.deepEqual(idsOf(await claim(store, 8)), [second.id])
      clock.advance(1001)
      assert.deepEqual(await claim(store, 8), [], 'back, and its place is taken')
      assert.equal((await stored(store, first.id)).status, 'backlogged')
      clock.advance(LEASE_MS)
      assert.deepEqual(idsOf(await claim(store, 8)), [first.id], 'the older one goes first')
    },
  )

  withStore(create, 'claims at the same time never exceed it', async (fixture) => {
    const { store } = fixture
    const second = await fixture.open()
    const jobs = many(12, () => keyedJob('key', 2))
    await submitAll(store, jobs)
    const running = new Map<string, ClaimedJob>()
    for (let finished = 0; finished < jobs.length; finished += 1) {
      const claims = await Promise.all(
        [store, second, store, second].map((from, at) => claim(from, 2, `w${at}`)),
      )
      for (const claimed of claims.flat()) running.set(claimed.job.id, claimed)
      assert.equal(running.size, Math.min(2, jobs.length - finished))
      const [next] = running.values()
      assert.ok(next !== undefined)
      running.delete(next.job.id)
      assert.ok((await second.finish(next.lease, completed())) !== null)
    }
    assert.deepEqual(await countByStatus(store), { completed: jobs.length })
  })

  withStore(create, 'submits at the same time show exactly as many as may run', async ({ store }) => {
    await Promise.all(many(6, () => keyedJob('key', 2)).map((job) => store.submit(job)))
    assert.deepEqual(await countByStatus(store), { queued: 2, backlogged: 4 })
  })

  withStore(create, 'a large backlog of a key delays nobody', async ({ store }) => {
    await Promise.all(many(1500, () => keyedJob('large', 1)).map((job) => store.submit(job)))
    const small = keyedJob('small', 1)
    assert.equal((await store.submit(small)).status, 'queued')
    const claimed = await claim(store, 4)
    assert.equal(claimed.length, 2)
    assert.equal(claimed[1]?.job.id, small.id)
  })
}
