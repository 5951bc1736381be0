/** Results that are taken again: only the account's own, only while they are there, at no cost. */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import type { JobTerms } from '../../src/core/money.ts'
import { REUSED_COST, type Reuse } from '../../src/core/reuse-result.ts'
import type { NewJob, Outcome, StateStore } from '../../src/core/ports.ts'
import {
  ACCOUNT,
  allBlobKeys,
  completed,
  type CreateStateStore,
  hasCode,
  newJob,
  newOutput,
  submitAndClaim,
  withStore,
} from './state-store-fixtures.ts'

const KEY = 'asked for like this'
const WANTED = { key: KEY, engine: 'afterimage/draft' }

/** Runs a job that lets later ones take its result. */
async function makeSource(store: StateStore, changes: Partial<NewJob> = {}): Promise<string> {
  const { job, lease } = await submitAndClaim(store, newJob({ reuseKey: KEY, ...changes }))
  await store.finish(lease, completed())
  return job.id
}

function reuseOf(jobId: string): Reuse {
  const outcome = { ...completed([newOutput()]), cost: REUSED_COST }
  assert.ok(outcome.status === 'completed')
  return { jobId, outcome }
}

const unstored = (): NewJob => {
  const job = newJob({ reuseKey: KEY })
  return { ...job, input: { ...job.input, options: { ...job.input.options, isStored: false } } }
}

export function reuseContract(create: CreateStateStore): void {
  withStore(create, 'the newest result under a key is found, by its account only', async ({ store }) => {
    assert.equal(await store.findReusable(ACCOUNT, WANTED), null)
    await makeSource(store)
    const newest = await makeSource(store)
    assert.equal((await store.findReusable(ACCOUNT, WANTED))?.id, newest)
    assert.equal(await store.findReusable('another', WANTED), null)
    assert.equal(await store.findReusable(ACCOUNT, { ...WANTED, engine: 'another' }), null)
    assert.equal(await store.findReusable(ACCOUNT, { ...WANTED, key: 'asked for otherwise' }), null)
  })

  withStore(create, 'what something else made than the key says is not found', async ({ store }) => {
    const reuseKey = 'abc asked for like this'
    const wanted = { key: reuseKey, engine: 'afterimage/draft' }
    const make = async (revision: string | null): Promise<string> => {
      const { job, lease } = await submitAndClaim(store, newJob({ reuseKey }))
      await store.finish(lease, { ...completed(), revision } as Outcome)
      return job.id
    }
    for (const other of ['ab', 'abd', null]) await make(other)
    assert.equal(await store.findReusable(ACCOUNT, wanted), null)
    const made = await make('abc')
    assert.equal((await store.findReusable(ACCOUNT, wanted))?.id, made)
  })

  withStore(
    create,
    'what did not complete, is not stored, has expired or was deleted is not found',
    async (fixture) => {
      const { store, clock } = fixture
      const { lease } = await submitAndClaim(store, newJob({ reuseKey: KEY }))
      const error = { code: 'engine_failed', message: 'No.', isRetryable: false } as const
      await store.finish(lease, { status: 'failed', error, warnings: [], cost: null })
      const { lease: hidden } = await submitAndClaim(store, unstored())
      await store.finish(hidden, completed())
      await makeSource(store, { reuseKey: null })
      assert.equal(await store.findReusable(ACCOUNT, WANTED), null)
      const deleted = await makeSource(store)
      await store.deleteJob(deleted, ACCOUNT)
      await makeSource(store, { expiresAt: clock.now() + 1000 })
      assert.notEqual(await store.findReusable(ACCOUNT, WANTED), null)
      clock.advance(1000)
      assert.equal(await store.findReusable(ACCOUNT, WANTED), null)
      const waiting = newJob({ reuseKey: KEY })
      await store.submit(waiting)
      assert.equal(await store.findReusable(ACCOUNT, WANTED), null)
    },
  )

  withStore(create, 'what nobody moderated is not taken, and hides no earlier result', async ({ store }) => {
    const checked = await makeSource(store)
    const { job, lease } = await submitAndClaim(store, newJob({ reuseKey: KEY }))
    const warnings = [{ code: 'not_moderated', path: '', message: 'The result was not checked' }]
    await store.finish(lease, { ...completed(), warnings } as Outcome)
    assert.equal((await store.findReusable(ACCOUNT, WANTED))?.id, checked)
    await assert.rejects(store.submit(newJob({ reuse: reuseOf(job.id) })), hasCode('conflict'))
    const { lease: told } = await submitAndClaim(store, newJob({ reuseKey: KEY }))
    const others = [{ code: 'other', path: '"code":"not_moderated"', message: '"code":"not_moderated"' }]
    await store.finish(told, { ...completed(), warnings: others } as Outcome)
    assert.equal((await store.findReusable(ACCOUNT, WANTED))?.id, told.jobId, 'only the code counts')
  })

  withStore(
    create,
    'a job that reuses has ended with files of its own, and paid nothing',
    async ({ store }) => {
      const source = await makeSource(store)
      await store.ledger.setPrepaid(ACCOUNT, true)
      const terms: JobTerms = { keyId: 'k', concurrency: null, monthlyBudgetMicroUsd: null, heldMicroUsd: 0 }
      const reuse = reuseOf(source)
      const twin = newJob({ reuse, reuseKey: KEY, terms })
      const job = await store.submit(twin)
      assert.equal(job.status, 'completed')
      assert.deepEqual(job.cost, REUSED_COST)
      assert.deepEqual(await store.submit(twin), job, 'a repeated submit answers what is stored')
      assert.equal(await store.countPending(), 0)
      const entries = await store.ledger.entriesOfJob(job.id, ACCOUNT)
      assert.deepEqual(
        entries.map(({ kind, amountMicroUsd }) => [kind, amountMicroUsd]),
        [
          ['settle', 0],
          ['spend', 0],
        ],
      )
      await store.deleteJob(source, ACCOUNT)
      const [file] = reuse.outcome.outputs
      assert.equal((await store.getFile(String(file?.fileId)))?.blobKey, file?.blobKey)
      assert.ok((await allBlobKeys(store)).includes(String(file?.blobKey)))
      assert.equal((await store.findReusable(ACCOUNT, WANTED))?.id, job.id, 'and may be taken itself')
    },
  )

  withStore(create, 'a webhook tells of it as of any end', async ({ store }) => {
    const webhook = { url: 'https://me.test/hook', keyId: 'k', baseUrl: 'http://here' }
    const reuse = reuseOf(await makeSource(store))
    const job = await store.submit(newJob({ reuse, webhook }))
    const query = { accountId: ACCOUNT, beforeMicros: null, limit: 10, status: null, jobId: null }
    const deliveries = await store.deliveries.list(query)
    assert.deepEqual(
      deliveries.map(({ jobId }) => jobId),
      [job.id],
    )
  })

  withStore(
    create,
    'what went since it was found is refused, and nothing is stored',
    async ({ store, clock }) => {
      const deleted = await makeSource(store)
      await store.deleteJob(deleted, ACCOUNT)
      const expired = await makeSource(store, { expiresAt: clock.now() + 1000 })
      const foreign = await makeSource(store, { accountId: 'another' })
      clock.advance(1000)
      for (const id of [deleted, expired, foreign, randomUUID()]) {
        const job = newJob({ reuse: reuseOf(id) })
        await assert.rejects(store.submit(job), hasCode('conflict'))
        const once = { key: 'k', fingerprint: 'f', answer: () => ({ status: 200, body: '' }) }
        await assert.rejects(store.idempotency.submit(job, once), hasCode('conflict'))
        assert.equal(await store.getJob(job.id, ACCOUNT), null)
        assert.equal(await store.idempotency.find(ACCOUNT, once), null)
      }
      assert.equal(await store.countPending(), 0)
    },
  )

  withStore(create, 'deletes and reuses at the same time: a reuse is whole or refused', async (fixture) => {
    const stores = [fixture.store, await fixture.open()] as const
    for (let round = 0; round < 20; round += 1) {
      const source = await makeSource(fixture.store)
      const jobs = Array.from({ length: 6 }, () => newJob({ reuse: reuseOf(source) }))
      const [deletion, ...submits] = await Promise.allSettled([
        stores[1].deleteJob(source, ACCOUNT),
        ...jobs.map((job, index) => (stores[index % 2] ?? fixture.store).submit(job)),
      ])
      assert.equal(deletion.status, 'fulfilled')
      for (const [index, submit] of submits.entries()) {
        const stored = await fixture.store.getJob(String(jobs[index]?.id), ACCOUNT)
        if (submit.status === 'fulfilled') assert.equal(stored?.status, 'completed')
        else {
          assert.equal(submit.reason.code, 'conflict')
          assert.equal(stored, null)
        }
      }
      assert.equal(await fixture.store.countPending(), 0)
    }
  })
}
