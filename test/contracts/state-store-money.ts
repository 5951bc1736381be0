/** What is set aside, charged and spent, and that no order of calls settles a job twice. */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import * as fc from 'fast-check'
import { type ApiKey, NO_LIMITS } from '../../src/core/api-key.ts'
import { DRAFT_ENGINE } from '../../src/core/engine.ts'
import type { Cost } from '../../src/core/job.ts'
import type { JobTerms } from '../../src/core/money.ts'
import type { ClaimedJob, NewJob, Outcome, StateStore } from '../../src/core/ports.ts'
import {
  ACCOUNT,
  claim,
  completed,
  type CreateStateStore,
  hasCode,
  LEASE_MS,
  newJob,
  submitAndClaim,
  withStore,
} from './state-store-fixtures.ts'

const KEY = 'key-1'
const DAY_MS = 86_400_000

const termsOf = (changes: Partial<JobTerms> = {}): JobTerms => ({
  keyId: KEY,
  concurrency: null,
  monthlyBudgetMicroUsd: null,
  heldMicroUsd: 100,
  ...changes,
})
const paidJob = (changes: Partial<JobTerms> = {}): NewJob => newJob({ terms: termsOf(changes) })
const withEngine = (engine: string): NewJob => {
  const job = paidJob()
  return { ...job, plan: { ...job.plan, engine } }
}
const cost = (microUsd: number | null): Cost => ({ microUsd, basis: 'list_price', computeUnits: null })
const completedFor = (microUsd: number | null): Outcome => {
  const outcome = completed()
  return outcome.status === 'completed' ? { ...outcome, cost: cost(microUsd) } : outcome
}
const failed = (microUsd: number | null): Outcome => ({
  status: 'failed',
  error: { code: 'engine_failed', message: 'No.', isRetryable: false },
  warnings: [],
  cost: microUsd === null ? null : cost(microUsd),
})
const kindsOf = async (store: StateStore, jobId: string): Promise<Record<string, number | null>> =>
  Object.fromEntries(
    (await store.ledger.entriesOfJob(jobId, ACCOUNT)).map(({ kind, amountMicroUsd }) => [
      kind,
      amountMicroUsd,
    ]),
  )
const balanceOf = async (store: StateStore): Promise<number> =>
  (await store.ledger.getBalance(ACCOUNT)).microUsd
const credit = (store: StateStore, microUsd: number): Promise<void> =>
  store.ledger.addCredit({ id: randomUUID(), accountId: ACCOUNT, microUsd })
const newKey = (): ApiKey => ({
  id: KEY,
  accountId: ACCOUNT,
  name: 'k',
  hash: randomUUID(),
  createdAt: 0,
  revokedAt: null,
  scopes: ['generate'],
  limits: NO_LIMITS,
  expiresAt: null,
  lastUsedAt: null,
})

export function moneyContract(create: CreateStateStore): void {
  withStore(create, 'a completed job gives back what was held and pays its price', async ({ store }) => {
    const { job, lease } = await submitAndClaim(store, paidJob())
    assert.deepEqual(await kindsOf(store, job.id), { hold: -100 })
    assert.equal(await balanceOf(store), -100)
    await store.finish(lease, completedFor(39))
    await store.finish(lease, completedFor(39))
    assert.deepEqual(await kindsOf(store, job.id), { hold: -100, refund: 100, settle: -39, spend: 39 })
    assert.equal(await balanceOf(store), -39)
    assert.deepEqual(await store.ledger.entriesOfJob(job.id, 'account-b'), [])
  })

  withStore(create, 'a cancel during a paid call is an unknown spend', async ({ store }) => {
    for (const mayBePaid of [true, false]) {
      const { job, lease } = await submitAndClaim(store, paidJob())
      await store.finish(lease, { status: 'cancelled', mayBePaid })
      const kinds = await kindsOf(store, job.id)
      assert.deepEqual(kinds, { hold: -100, refund: 100, ...(mayBePaid ? { spend: null } : {}) })
    }
  })

  withStore(create, 'each lost answer is an unknown spend of its own', async ({ store }) => {
    const unknown = { code: 'outcome_unknown', message: 'Lost.', isRetryable: false } as const
    const lose = async ({ job, lease }: ClaimedJob): Promise<ClaimedJob> => {
      const entry = { number: 1, engine: 'e', startedAt: 0, endedAt: 1, upstreamId: null, error: null }
      await store.saveAttempt(lease, { ...entry, outcome: 'unknown' })
      await store.release(lease, { runAt: 0, error: unknown, isAttemptSpent: true })
      return (await claim(store))[0] ?? assert.fail(job.id)
    }
    const spends = async ({ job }: ClaimedJob): Promise<(number | null)[]> =>
      (await store.ledger.entriesOfJob(job.id, ACCOUNT))
        .filter(({ kind }) => kind === 'spend')
        .map(({ amountMicroUsd }) => amountMicroUsd)
        .sort()
    const first = await lose(await submitAndClaim(store, paidJob()))
    await store.finish(first.lease, completedFor(39))
    assert.deepEqual(await spends(first), [39, null])
    const second = await lose(await submitAndClaim(store, paidJob()))
    await store.finish(second.lease, { status: 'failed', error: unknown, warnings: [], cost: null })
    assert.deepEqual(await spends(second), [null, null])
    const third = await lose(await submitAndClaim(store, paidJob()))
    await store.finish(third.lease, failed(null))
    assert.deepEqual(await spends(third), [null])
  })

  withStore(
    create,
    'a job that an upstream took may have cost something, unless it is free',
    async ({ store }) => {
      for (const [heldMicroUsd, expected] of [
        [100, ['hold', 'refund', 'spend']],
        [0, []],
      ] as const) {
        const { job, lease } = await submitAndClaim(store, paidJob({ heldMicroUsd }))
        const entry = { number: 1, engine: 'e', startedAt: 0, endedAt: null, upstreamId: null, error: null }
        await store.saveAttempt(lease, { ...entry, outcome: null, handle: { id: 'x' } })
        await store.finish(lease, { status: 'cancelled' })
        assert.deepEqual(Object.keys(await kindsOf(store, job.id)), expected)
      }
    },
  )

  withStore(
    create,
    'failed and cancelled jobs cost nothing, but what they spent is known',
    async ({ store }) => {
      const { job, lease } = await submitAndClaim(store, paidJob())
      await store.finish(lease, failed(25))
      assert.deepEqual(await kindsOf(store, job.id), { hold: -100, refund: 100, spend: 25 })
      const untold = await submitAndClaim(store, paidJob())
      await store.finish(untold.lease, { ...failed(null), cost: cost(null) } as Outcome)
      assert.deepEqual(await kindsOf(store, untold.job.id), { hold: -100, refund: 100, spend: null })
      const waiting = paidJob()
      await store.submit(waiting)
      await store.cancel(waiting.id, ACCOUNT)
      assert.deepEqual(await kindsOf(store, waiting.id), { hold: -100, refund: 100 })
      assert.equal(await balanceOf(store), 0)
    },
  )

  withStore(create, 'an unknown cost stays unknown: null, never 0', async ({ store }) => {
    const { job, lease } = await submitAndClaim(store, paidJob())
    await store.finish(lease, completedFor(null))
    assert.deepEqual(await kindsOf(store, job.id), { hold: -100, refund: 100, settle: null, spend: null })
    assert.equal(await balanceOf(store), 0)
  })

  withStore(
    create,
    'a prepaid account holds as much as it has, exactly, however many ask',
    async ({ store }) => {
      await credit(store, 350)
      const results = await Promise.allSettled(Array.from({ length: 8 }, () => store.submit(paidJob())))
      assert.equal(results.filter(({ status }) => status === 'fulfilled').length, 3)
      for (const result of results)
        if (result.status === 'rejected') {
          assert.equal(result.reason.code, 'insufficient_credits')
          assert.match(result.reason.message, /balance is insufficient: \$0\.00005 are left/u)
        }
      assert.equal(await balanceOf(store), 50)
      assert.equal(await store.countPending(), 3, 'what was refused left nothing behind')
      await store.submit(paidJob({ heldMicroUsd: 0 }))
      await assert.rejects(store.submit(paidJob({ heldMicroUsd: null })), hasCode('insufficient_credits'))
      await store.ledger.setPrepaid(ACCOUNT, false)
      await store.submit(paidJob())
      assert.deepEqual(await store.ledger.getBalance(ACCOUNT), { isPrepaid: false, microUsd: -50 })
    },
  )

  withStore(create, 'the same credit twice counts once', async ({ store }) => {
    const once = { id: randomUUID(), accountId: ACCOUNT, microUsd: 5 }
    await Promise.all([store.ledger.addCredit(once), store.ledger.addCredit(once)])
    assert.equal(await balanceOf(store), 5)
    await assert.rejects(store.ledger.addCredit({ ...once, microUsd: 0.5 }), hasCode('invalid_request'))
  })

  withStore(create, 'a repeated submit holds once', async ({ store }) => {
    const job = paidJob()
    await Promise.all([store.submit(job), store.submit(job)])
    assert.equal(await balanceOf(store), -100)
  })

  withStore(
    create,
    'a monthly budget counts what is held and what was spent, failures too',
    async (fixture) => {
      const { store, clock } = fixture
      clock.set(Date.UTC(2027, 0, 31, 23, 59))
      await store.createKey(newKey())
      const budget = { monthlyBudgetMicroUsd: 250 }
      const { lease } = await submitAndClaim(store, paidJob(budget))
      await store.finish(lease, failed(100))
      await store.submit(paidJob(budget))
      await assert.rejects(store.submit(paidJob(budget)), hasCode('insufficient_credits'))
      await store.submit(paidJob({ ...budget, heldMicroUsd: 50 }))
      await store.submit(paidJob({ keyId: 'key-2', ...budget }))
      clock.set(Date.UTC(2027, 1, 1))
      await store.submit(paidJob(budget))
      await assert.rejects(store.submit(paidJob(budget)), hasCode('insufficient_credits'))
    },
  )

  withStore(create, 'usage is by day, model and key, and of one account', async ({ store, clock }) => {
    const start = Math.floor(clock.now() / DAY_MS) * DAY_MS
    for (const [offset, price] of [
      [0, 10],
      [1, 20],
      [DAY_MS, null],
    ] as const) {
      clock.set(start + offset)
      const { lease } = await submitAndClaim(store, paidJob())
      await store.finish(lease, completedFor(price))
    }
    const sums = async (from: number, to: number, accountId = ACCOUNT) =>
      (await store.ledger.usage({ accountId, from, to })).map((usage) => [
        usage.day - start,
        usage.model,
        usage.keyId,
        usage.jobs,
        usage.chargeMicroUsd,
        usage.spendMicroUsd,
        usage.unknown,
        usage.drafts,
      ])
    const [first, second] = [
      [0, 'afterimage/edit', KEY, 2, 30, 30, 0, 2],
      [DAY_MS, 'afterimage/edit', KEY, 1, 0, 0, 1, 1],
    ]
    assert.deepEqual(await sums(start, start + 2 * DAY_MS), [first, second])
    assert.deepEqual(await sums(start, start + DAY_MS), [first])
    assert.deepEqual(await sums(start, start + 2 * DAY_MS, 'account-b'), [])
  })

  withStore(create, 'usage tells drafts from the own work of a model', async ({ store, clock }) => {
    for (const engine of [DRAFT_ENGINE, DRAFT_ENGINE, 'google']) {
      const { lease } = await submitAndClaim(store, withEngine(engine))
      await store.finish(lease, completedFor(0))
    }
    const from = Math.floor(clock.now() / DAY_MS) * DAY_MS
    const [usage] = await store.ledger.usage({ accountId: ACCOUNT, from, to: from + DAY_MS })
    assert.deepEqual([usage?.jobs, usage?.drafts], [3, 2])
  })

  withStore(
    create,
    'no order of calls settles a job twice or loses what is held',
    async ({ store, clock }) => {
      await fc.assert(
        fc.asyncProperty(fc.array(step(), { minLength: 5, maxLength: 25 }), async (steps) => {
          const world: World = { store, advance: clock.advance, jobs: [], claims: [] }
          for (const batch of steps) await Promise.allSettled(batch.map((one) => apply(world, one)))
          for (const job of world.jobs) await checkBook(store, job.id)
          for (const { id } of world.jobs) await store.cancel(id, ACCOUNT)
          for (const { lease } of await claim(store, 100)) await store.finish(lease, { status: 'cancelled' })
        }),
        { numRuns: 15 },
      )
    },
  )
}

type World = { store: StateStore; advance: (ms: number) => void; jobs: NewJob[]; claims: ClaimedJob[] }
type Step = { kind: 'submit' | 'claim' | 'finish' | 'fail' | 'cancel' | 'lose' | 'delete'; pick: number }

/** Calls that are made at once. */
const step = (): fc.Arbitrary<Step[]> =>
  fc.array(
    fc.record({
      kind: fc.constantFrom('submit', 'submit', 'claim', 'finish', 'fail', 'cancel', 'lose', 'delete'),
      pick: fc.nat(30),
    }),
    { minLength: 1, maxLength: 4 },
  )

async function apply(world: World, { kind, pick }: Step): Promise<unknown> {
  const { store, jobs, claims } = world
  const job = jobs[pick % Math.max(1, jobs.length)]
  const lease = claims[pick % Math.max(1, claims.length)]?.lease
  if (kind === 'submit') return store.submit(jobs[jobs.push(paidJob()) - 1] ?? paidJob())
  if (kind === 'claim') return claims.push(...(await claim(store, 3)))
  if (kind === 'lose') return world.advance(LEASE_MS + 1)
  if (job !== undefined && kind === 'cancel') return store.cancel(job.id, ACCOUNT)
  if (job !== undefined && kind === 'delete') return store.deleteJob(job.id, ACCOUNT)
  if (lease === undefined) return null
  return store.finish(lease, kind === 'finish' ? completedFor(39) : failed(25))
}

async function checkBook(store: StateStore, jobId: string): Promise<void> {
  const job = await store.getJob(jobId, ACCOUNT)
  const entries = await store.ledger.entriesOfJob(jobId, ACCOUNT)
  const count = (kind: string): number => entries.filter((entry) => entry.kind === kind).length
  const isOpen = job !== null && job.completedAt === null
  assert.equal(count('hold'), 1)
  assert.equal(count('refund'), isOpen ? 0 : 1)
  assert.ok(count('settle') <= 1 && count('spend') <= 1)
  if (job !== null) assert.equal(count('settle'), job.status === 'completed' ? 1 : 0)
  const charge = entries
    .filter(({ kind }) => kind !== 'spend')
    .reduce((sum, { amountMicroUsd }) => sum + (amountMicroUsd ?? 0), 0)
  assert.equal(charge, isOpen ? -100 : 0 - 39 * count('settle'))
}
