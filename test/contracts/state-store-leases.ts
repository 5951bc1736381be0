/** Leases: fencing, expiry, release, finish and the journal of attempts. */
import assert from 'node:assert/strict'
import type { Attempt } from '../../src/core/job.ts'
import {
  ACCOUNT,
  claim,
  completed,
  type CreateStateStore,
  giveBack,
  LEASE_MS,
  newJob,
  newOutput,
  RATE_LIMITED,
  stored,
  submitAndClaim,
  submitMany,
  withStore,
} from './state-store-fixtures.ts'

const ENGINE = 'afterimage/draft'

export function leaseContract(create: CreateStateStore): void {
  withStore(create, 'a claim opens an attempt and its lease', async ({ store, clock }) => {
    const { job, lease } = await submitAndClaim(store)
    assert.equal(job.status, 'scheduled')
    const expiresAt = clock.now() + LEASE_MS
    assert.deepEqual(lease, { jobId: job.id, owner: 'worker-1', attempt: 1, expiresAt })
    const open = { endedAt: null, outcome: null, upstreamId: null, error: null }
    assert.deepEqual(job.attempts, [{ number: 1, engine: ENGINE, startedAt: clock.now(), ...open }])
    assert.deepEqual(await stored(store, job.id), job)
    assert.deepEqual(await claim(store), [], 'nobody else gets it')
  })

  withStore(create, 'progress and journal are written by the holder only', async ({ store }) => {
    const { job, lease } = await submitAndClaim(store)
    const progress = { stage: 'tiles', percent: 40, etaMs: 1200 }
    assert.equal(await store.saveProgress(lease, 'sampling', progress), true)
    const seen = await stored(store, job.id)
    assert.equal(seen.status, 'sampling')
    assert.deepEqual(seen.progress, progress)
    assert.ok(seen.version > job.version)
    const entry: Attempt = {
      number: 1,
      engine: 'other',
      startedAt: 1,
      endedAt: null,
      outcome: 'submitting',
      upstreamId: 'u-1',
      error: null,
    }
    assert.equal(await store.saveAttempt(lease, entry), true)
    assert.deepEqual((await stored(store, job.id)).attempts, [entry])

    for (const stale of [
      { ...lease, owner: 'worker-2' },
      { ...lease, attempt: 2 },
      { ...lease, jobId: 'unknown' },
    ]) {
      assert.equal(await store.saveProgress(stale, 'processing', null), false)
      assert.equal(await store.saveAttempt(stale, entry), false)
      assert.equal(await store.heartbeat(stale, 1000), null)
      assert.equal(await store.finish(stale, completed()), null)
      assert.equal(await giveBack(store, stale, 0), null)
    }
    assert.equal((await stored(store, job.id)).status, 'sampling')
  })

  withStore(
    create,
    'a lease under which its holder works goes on when the clock is set ahead',
    async (fixture) => {
      const { store, clock } = fixture
      const { job, lease } = await submitAndClaim(store)
      const request = { owner: 'worker-1', slots: { local: 1 }, leaseMs: LEASE_MS }
      clock.set(clock.now() + 24 * 3_600_000)
      assert.deepEqual(await store.claim({ ...request, running: [lease] }), [])
      assert.equal((await stored(store, job.id)).status, 'scheduled')
      assert.notEqual(await store.heartbeat(lease, LEASE_MS), null)
      clock.set(clock.now() + 24 * 3_600_000)
      // Another attempt or owner is not this one.
      const others = [
        { ...lease, attempt: 2 },
        { ...lease, owner: 'worker-2' },
      ]
      const [again] = await store.claim({ ...request, running: others })
      assert.equal(again?.lease.attempt, 2)
      assert.equal(await store.heartbeat(lease, LEASE_MS), null)
    },
  )

  withStore(create, 'a finished job is complete, and finishing again answers the same', async (fixture) => {
    const { store, clock } = fixture
    const { job, lease } = await submitAndClaim(store)
    clock.advance(1500)
    const outcome = completed([newOutput(), newOutput()])
    const finished = await store.finish(lease, outcome)
    assert.ok(finished !== null && outcome.status === 'completed')
    assert.equal(finished.completedAt, clock.now())
    assert.deepEqual(finished.outputs, outcome.outputs)
    assert.deepEqual(finished.recipe, outcome.recipe)
    assert.deepEqual(finished.warnings, job.warnings, 'the warnings of the plan stay')
    assert.equal(finished.attempts[0]?.outcome, 'completed')
    assert.equal(finished.attempts[0]?.endedAt, clock.now())
    clock.advance(1500)
    assert.deepEqual(await store.finish(lease, outcome), finished)
    assert.deepEqual(await stored(store, job.id), finished)
    assert.equal(await store.finish(lease, completed()), null, 'other files are another result')
    assert.equal(await store.finish(lease, { status: 'cancelled' }), null)
    assert.equal(await store.finish({ ...lease, owner: 'worker-2' }, outcome), null)
    assert.equal(await store.finish({ ...lease, attempt: 2 }, outcome), null)
    assert.equal(await store.heartbeat(lease, 1000), null)
  })

  withStore(
    create,
    'a result that says otherwise of a field takes the promise of the plan away',
    async ({ store }) => {
      const planned = ['afterimage.size', 'output_format'].map((path) => ({
        code: 'emulated_field',
        path,
        message: 'Is done by Afterimage.',
      }))
      const draft = { code: 'draft_engine', path: '', message: 'A draft.' }
      const plan = { ...newJob().plan, warnings: [draft, ...planned] }
      const outcome = completed()
      assert.ok(outcome.status === 'completed')
      const { lease } = await submitAndClaim(store, { ...newJob(), plan })
      const undone = { code: 'unsupported_field', path: 'afterimage.size', message: 'Has no effect.' }
      const finished = await store.finish(lease, { ...outcome, warnings: [undone] })
      assert.deepEqual(finished?.warnings, [draft, planned[1], undone])
    },
  )

  withStore(create, 'two finishes in one commit publish the result once', async ({ store }) => {
    const { lease } = await submitAndClaim(store)
    const outcome = completed()
    const [first, second] = await Promise.all([store.finish(lease, outcome), store.finish(lease, outcome)])
    assert.deepEqual(second, first)
    assert.equal(await store.countPending(), 0)
  })

  withStore(create, 'a failed job says why; its cost may be unknown', async ({ store }) => {
    const { lease } = await submitAndClaim(store)
    const error = { code: 'outcome_unknown', message: 'No answer came.', isRetryable: false } as const
    const warning = { code: 'w', path: 'seed', message: 'Ignored.' }
    const failed = await store.finish(lease, { status: 'failed', error, warnings: [warning], cost: null })
    assert.equal(failed?.status, 'failed')
    assert.deepEqual(failed.error, error)
    assert.deepEqual(failed.cost, { microUsd: null, basis: 'unknown', computeUnits: null })
    assert.deepEqual(failed.warnings.at(-1), warning)
    assert.equal(failed.attempts[0]?.outcome, 'unknown')
  })

  withStore(
    create,
    'a lease lasts as long as its heartbeat; then the next worker gets the job',
    async (fixture) => {
      const { store, clock } = fixture
      const { job, lease } = await submitAndClaim(store)
      clock.advance(LEASE_MS - 1)
      assert.ok((await store.heartbeat(lease, LEASE_MS)) !== null)
      clock.advance(LEASE_MS - 1)
      assert.deepEqual(await claim(store, 1, 'worker-2'), [])
      clock.advance(1)
      const [second] = await claim(store, 1, 'worker-2')
      assert.equal(second?.job.id, job.id)
      assert.equal(second.lease.attempt, 2)
      assert.deepEqual(
        second.job.attempts.map(({ outcome, endedAt }) => [outcome, endedAt]),
        [
          ['lost', clock.now()],
          [null, null],
        ],
      )
      assert.equal(await store.finish(lease, completed()), null, 'the late result is discarded')
      assert.equal((await store.finish(second.lease, completed()))?.status, 'completed')
    },
  )

  withStore(create, 'an attempt that was about to pay stays visible as such', async ({ store, clock }) => {
    const { job, lease } = await submitAndClaim(store)
    const [attempt] = job.attempts
    assert.ok(attempt !== undefined)
    await store.saveAttempt(lease, { ...attempt, outcome: 'submitting' })
    clock.advance(LEASE_MS)
    const [second] = await claim(store)
    assert.equal(second?.job.attempts[0]?.outcome, 'submitting')
    assert.equal(second.job.attempts[0].endedAt, clock.now())
  })

  withStore(create, 'a lapsed job that was cancelled does not run again', async ({ store, clock }) => {
    const { job } = await submitAndClaim(store)
    await store.cancel(job.id, ACCOUNT)
    clock.advance(LEASE_MS)
    assert.deepEqual(await claim(store), [])
    const ended = await stored(store, job.id)
    assert.deepEqual([ended.status, ended.error, ended.completedAt], ['cancelled', null, clock.now()])
    assert.equal(ended.attempts[0]?.outcome, 'lost')
  })

  withStore(create, 'a lost attempt costs no try, but the fiftieth is the last', async ({ store, clock }) => {
    const [job] = await submitMany(store, 1)
    for (let attempt = 1; attempt <= 50; attempt++) {
      assert.equal((await claim(store)).length, 1, `attempt ${attempt}`)
      clock.advance(LEASE_MS)
      if (attempt <= 3 || attempt === 50) continue
      assert.deepEqual(await claim(store), [], 'from the fourth loss on it waits, and others come first')
      clock.advance(30_000)
    }
    assert.deepEqual(await claim(store), [])
    const ended = await stored(store, job?.id ?? '')
    assert.equal(ended.status, 'failed')
    assert.equal(ended.error?.code, 'lease_expired')
    assert.equal(ended.attempts.length, 50)
    assert.equal(await store.countPending(), 0)
  })

  withStore(create, 'a released job waits until its time, and its room goes to others', async (fixture) => {
    const { store, clock } = fixture
    await store.setConcurrency(ACCOUNT, 1)
    const { job, lease } = await submitAndClaim(store)
    const backlogged = await store.submit(newJob())
    assert.equal(backlogged.status, 'backlogged')
    assert.equal(await giveBack(store, lease, clock.now() + 1000), 'queued')
    const waiting = await stored(store, job.id)
    assert.equal(waiting.completedAt, null)
    assert.deepEqual(
      [waiting.attempts[0]?.outcome, waiting.attempts[0]?.error],
      ['failed', RATE_LIMITED.message],
    )
    assert.equal((await stored(store, backlogged.id)).status, 'queued')
    assert.equal(await store.nextWakeMs(), 1000)

    const [other] = await claim(store, 5)
    assert.equal(other?.job.id, backlogged.id)
    clock.advance(1000)
    assert.deepEqual(await claim(store, 5), [], 'the account is at its limit')
    assert.equal((await stored(store, job.id)).status, 'backlogged')
    await store.finish(other.lease, completed())
    const [again] = await claim(store, 5)
    assert.equal(again?.job.id, job.id)
    assert.equal(again.lease.attempt, 2)
  })

  withStore(
    create,
    'release: a cancel comes first, then spent attempts, then the queue',
    async ({ store, clock }) => {
      const { job, lease } = await submitAndClaim(store)
      await store.cancel(job.id, ACCOUNT)
      assert.equal(await giveBack(store, lease, clock.now() + 1000), 'cancelled')
      assert.equal((await stored(store, job.id)).error, null)

      const [second] = await submitMany(store, 1)
      for (let attempt = 1; attempt <= 5; attempt++) {
        const [claimed] = await claim(store)
        assert.ok(claimed !== undefined)
        assert.equal(await giveBack(store, claimed.lease, 0), attempt < 5 ? 'queued' : 'failed')
        assert.equal(await giveBack(store, claimed.lease, 0), null, 'a lease is given back once')
      }
      assert.deepEqual((await stored(store, second?.id ?? '')).error, RATE_LIMITED)
    },
  )

  withStore(
    create,
    'a shutdown does not cost an attempt, and its lease is fenced all the same',
    async ({ store }) => {
      const { job } = { job: await store.submit(newJob()) }
      const leases = []
      for (let round = 1; round <= 12; round++) {
        const [claimed] = await claim(store)
        assert.equal(claimed?.job.id, job.id)
        assert.equal(claimed.lease.attempt, round)
        leases.push(claimed.lease)
        const options = { runAt: 0, error: null, isAttemptSpent: false }
        assert.equal(await store.release(claimed.lease, options), 'queued')
      }
      await claim(store)
      for (const lease of leases) assert.equal(await store.finish(lease, completed()), null)
    },
  )

  withStore(create, 'the next wake is the earliest of delays and leases', async ({ store, clock }) => {
    assert.equal(await store.nextWakeMs(), null)
    const { lease } = await submitAndClaim(store)
    assert.equal(await store.nextWakeMs(), LEASE_MS)
    clock.advance(LEASE_MS + 5)
    assert.equal(await store.nextWakeMs(), 0)
    await store.finish(lease, completed())
    assert.equal(await store.nextWakeMs(), null)
  })

  withStore(create, 'a restart as the single owner takes up what ran', async ({ store, open, clock }) => {
    const { job, lease } = await submitAndClaim(store)
    await store.close()
    const next = await open({ isSingleOwner: true })
    assert.equal((await stored(next, job.id)).attempts[0]?.outcome, 'lost')
    const [again] = await claim(next)
    assert.equal(again?.job.id, job.id)
    assert.equal(again.job.attempts[1]?.startedAt, clock.now())
    assert.equal(await next.finish(lease, completed()), null)
  })

  withStore(create, 'a second process leaves the leases of the first alone', async ({ store, open }) => {
    const { job, lease } = await submitAndClaim(store)
    const second = await open()
    assert.deepEqual(await claim(second, 5, 'worker-2'), [])
    assert.equal((await second.cancel(job.id, ACCOUNT))?.isCancelRequested, true)
    assert.deepEqual(await store.heartbeat(lease, LEASE_MS), { isCancelRequested: true })
  })
}
