/** Moving a job to another engine: fenced, atomic, and never past what money allows. */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import type { Cost, Plan } from '../../src/core/job.ts'
import type { NewJob, StateStore } from '../../src/core/ports.ts'
import {
  ACCOUNT,
  claim,
  completed,
  type CreateStateStore,
  LEASE_MS,
  newJob,
  RATE_LIMITED,
  stored,
  submitAndClaim,
  withStore,
} from './state-store-fixtures.ts'

const priceOf = (microUsd: number | null): Cost => ({ microUsd, basis: 'list_price', computeUnits: null })
const planOf = (microUsd: number | null): Plan => ({
  engine: 'market',
  queue: 'market',
  warnings: [{ code: 'engine_fallback', path: 'engine', message: 'Another one.' }],
  estimate: priceOf(microUsd),
})
const claimMarket = (store: StateStore) =>
  store.claim({ owner: 'worker-2', slots: { market: 1 }, leaseMs: LEASE_MS })
const error = RATE_LIMITED

/** @param held what was set aside for a price of `price` */
function paidJob(held: number | null, price: number | null, more: Partial<NewJob> = {}): NewJob {
  const job = newJob(more)
  const terms = { keyId: 'k', concurrency: null, monthlyBudgetMicroUsd: null, heldMicroUsd: held }
  return { fallback: 'at_any_price', terms, ...job, plan: { ...job.plan, estimate: priceOf(price) } }
}

export function rerouteContract(create: CreateStateStore): void {
  withStore(
    create,
    'a job that began on a free engine may have cost something on the next',
    async ({ store }) => {
      const { job, lease } = await submitAndClaim(store, paidJob(0, 0))
      assert.equal(await store.reroute(lease, { plan: planOf(50), error }), 'queued')
      const [second] = await claimMarket(store)
      assert.ok(second !== undefined)
      await store.finish(second.lease, { status: 'cancelled', mayBePaid: true })
      const entries = await store.ledger.entriesOfJob(job.id, ACCOUNT)
      assert.deepEqual(
        entries.map(({ kind, amountMicroUsd }) => [kind, amountMicroUsd]),
        [['spend', null]],
      )
    },
  )

  withStore(
    create,
    'the job waits in the queue of its new engine, with its price and all tries',
    async (fixture) => {
      const { store, clock } = fixture
      const { job, lease } = await submitAndClaim(store, newJob({ fallback: 'at_any_price' }))
      assert.equal(job.fallback, 'at_any_price')
      clock.advance(7)
      assert.equal(await store.reroute(lease, { plan: planOf(50), error }), 'queued')
      const moved = await stored(store, job.id)
      assert.deepEqual([moved.status, moved.engine, moved.queue], ['queued', 'market', 'market'])
      assert.deepEqual([moved.cost, moved.warnings], [priceOf(50), planOf(50).warnings])
      const [attempt] = moved.attempts
      assert.deepEqual(
        [attempt?.outcome, attempt?.endedAt, attempt?.error],
        ['failed', clock.now(), error.message],
      )
      assert.deepEqual(await claim(store), [], 'its old queue has it no more')
      const [second] = await claimMarket(store)
      assert.deepEqual(
        second?.job.attempts.map(({ engine, outcome }) => [engine, outcome]),
        [
          [job.engine, 'failed'],
          ['market', null],
        ],
      )
    },
  )

  withStore(create, 'each engine has all the tries of a job', async ({ store }) => {
    const spend = { runAt: 0, error, isAttemptSpent: true }
    let { lease } = await submitAndClaim(store, newJob({ fallback: 'at_any_price' }))
    for (let tries = 1; tries < 5; tries += 1) {
      assert.equal(await store.release(lease, spend), 'queued')
      lease = (await claim(store))[0]?.lease ?? assert.fail()
    }
    assert.equal(await store.reroute(lease, { plan: planOf(0), error }), 'queued')
    const [moved] = await claimMarket(store)
    assert.ok(moved !== undefined)
    assert.equal(await store.release(moved.lease, spend), 'queued')
  })

  withStore(create, 'only the holder may move it, and a cancel comes first', async ({ store }) => {
    const { job, lease } = await submitAndClaim(store, newJob({ fallback: 'at_any_price' }))
    for (const stale of [
      { ...lease, owner: 'worker-2' },
      { ...lease, attempt: 2 },
    ])
      assert.equal(await store.reroute(stale, { plan: planOf(0), error }), null)
    assert.equal((await stored(store, job.id)).engine, job.engine)
    await store.cancel(job.id, ACCOUNT)
    assert.equal(await store.reroute(lease, { plan: planOf(0), error }), 'cancelled')
    assert.equal((await stored(store, job.id)).status, 'cancelled')
  })

  const cases: readonly (readonly [
    held: number | null,
    price: number | null,
    next: number | null,
    isFree: boolean,
    isLimited: boolean,
  ])[] = [
    // Covered by what was set aside: always.
    [100, 100, 100, true, true],
    // Dearer: only where nothing limits the account or its key.
    [100, 100, 101, true, false],
    [100, 100, null, true, false],
    // Of unknown price, as the first: the cap was set aside.
    [100, null, null, true, true],
    [100, null, 101, true, false],
    [null, null, null, true, false],
    [0, 0, 1, true, false],
  ]
  withStore(
    create,
    'what was set aside covers the new price, unless nothing is limited',
    async ({ store }) => {
      for (const [held, price, next, isFree, isLimited] of cases)
        for (const fallback of ['at_any_price', 'within_hold'] as const) {
          const { job, lease } = await submitAndClaim(store, paidJob(held, price, { fallback }))
          const isAllowed = fallback === 'at_any_price' ? isFree : isLimited
          const answer = await store.reroute(lease, { plan: planOf(next), error })
          assert.equal(answer, isAllowed ? 'queued' : 'too_dear', `${held} ${price} ${next} ${fallback}`)
          if (isAllowed) await store.cancel(job.id, ACCOUNT)
          else {
            assert.equal((await stored(store, job.id)).status, 'scheduled', 'nothing has changed')
            assert.ok((await store.finish(lease, completed())) !== null)
          }
        }
    },
  )

  withStore(
    create,
    'an account that may spend only what it has is limited by what was set aside',
    async ({ store }) => {
      await store.ledger.addCredit({ id: randomUUID(), accountId: ACCOUNT, microUsd: 1000 })
      const { job, lease } = await submitAndClaim(store, paidJob(100, 100))
      assert.equal(await store.reroute(lease, { plan: planOf(101), error }), 'too_dear')
      assert.equal(await store.reroute(lease, { plan: planOf(60), error }), 'queued')
      const [moved] = await claimMarket(store)
      assert.ok(moved !== undefined)
      const made = completed()
      assert.ok(made.status === 'completed')
      await store.finish(moved.lease, { ...made, cost: moved.job.cost })
      const entries = await store.ledger.entriesOfJob(job.id, ACCOUNT)
      assert.deepEqual(
        Object.fromEntries(entries.map(({ kind, amountMicroUsd }) => [kind, amountMicroUsd])),
        { hold: -100, refund: 100, settle: -60, spend: 60 },
      )
      assert.equal((await store.ledger.getBalance(ACCOUNT)).microUsd, 940)
    },
  )
}
