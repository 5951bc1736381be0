/** Submitting, reading, cancelling and deleting. */
import assert from 'node:assert/strict'
import type { JobQuery } from '../../src/core/ports.ts'
import {
  ACCOUNT,
  allBlobKeys,
  claim,
  completed,
  countByStatus,
  type CreateStateStore,
  hasCode,
  LOCAL,
  newJob,
  newOutput,
  stored,
  submitAndClaim,
  submitMany,
  withStore,
} from './state-store-fixtures.ts'

const query = (changes: Partial<JobQuery> = {}): JobQuery => ({
  accountId: ACCOUNT,
  beforeMicros: null,
  limit: 100,
  types: null,
  status: null,
  ...changes,
})

export function jobContract(create: CreateStateStore): void {
  withStore(create, 'a submitted job comes back as it was given', async ({ store, clock }) => {
    const job = newJob({ parentJobId: 'parent', expiresAt: 123 })
    const submitted = await store.submit(job)
    assert.deepEqual(submitted, await store.getJob(job.id, ACCOUNT))
    assert.deepEqual(submitted, {
      id: job.id,
      accountId: ACCOUNT,
      type: 'externalImage',
      model: job.model,
      status: 'queued',
      queue: 'local',
      engine: 'afterimage/draft',
      fallback: null,
      input: job.input,
      createdAtMicros: clock.now() * 1000,
      completedAt: null,
      attempts: [],
      progress: null,
      preview: null,
      outputs: [],
      warnings: job.plan.warnings,
      recipe: null,
      geometry: null,
      cost: LOCAL,
      error: null,
      parentJobId: 'parent',
      expiresAt: 123,
      isCancelRequested: false,
      version: 1,
    })
  })

  withStore(
    create,
    'the same id again changes nothing; another account cannot take it',
    async ({ store }) => {
      const job = newJob()
      const [first, second] = await Promise.all([store.submit(job), store.submit({ ...job, model: 'other' })])
      assert.deepEqual(second, first)
      await assert.rejects(store.submit({ ...job, accountId: 'account-b' }), hasCode('conflict'))
      assert.equal(await store.countPending(), 1)
      assert.deepEqual(await store.listJobs(query({ accountId: 'account-b' })), [])
    },
  )

  withStore(create, 'another account sees and changes nothing', async ({ store }) => {
    const { job, lease } = await submitAndClaim(store)
    assert.equal(await store.getJob(job.id, 'account-b'), null)
    assert.equal(await store.cancel(job.id, 'account-b'), null)
    await store.finish(lease, completed())
    assert.equal(await store.deleteJob(job.id, 'account-b'), null)
    assert.equal((await stored(store, job.id)).status, 'completed')
  })

  withStore(create, 'created times are strictly increasing whatever the clock does', async (fixture) => {
    const { store, clock } = fixture
    const start = clock.now()
    await submitMany(store, 3)
    clock.set(start - 60_000)
    await submitMany(store, 3)
    const next = await fixture.open()
    await next.submit(newJob())
    clock.set(start + 1)
    await next.submit(newJob())
    const times = (await store.listJobs(query())).map(({ createdAtMicros }) => createdAtMicros).reverse()
    const expected = [0, 1, 2, 3, 4, 5, 6, 1000].map((micros) => start * 1000 + micros)
    assert.deepEqual(times, expected)
  })

  withStore(create, 'pages join without loss or repetition, newest first', async ({ store }) => {
    const ids = (await submitMany(store, 25)).map(({ id }) => id).reverse()
    await store.submit(newJob({ accountId: 'account-b' }))
    const seen: string[] = []
    for (let before: number | null = null; ;) {
      const page: Awaited<ReturnType<typeof store.listJobs>> = await store.listJobs(
        query({ beforeMicros: before, limit: 7 }),
      )
      seen.push(...page.map(({ id }) => id))
      assert.ok(seen.length <= ids.length, 'no page repeats another')
      const last = page.at(-1)
      if (last === undefined) break
      before = last.createdAtMicros
    }
    assert.deepEqual(seen, ids)
  })

  withStore(create, 'lists filter by types and by status', async ({ store }) => {
    const [image] = await submitMany(store, 1)
    const other = await store.submit(newJob({ type: 'other' }))
    await store.cancel(other.id, ACCOUNT)
    const ids = async (changes: Partial<JobQuery>) =>
      (await store.listJobs(query(changes))).map(({ id }) => id)
    assert.deepEqual(await ids({ types: ['externalImage'] }), [image?.id])
    assert.deepEqual(await ids({ types: ['other', 'externalImage', 'other'] }), [other.id, image?.id])
    assert.deepEqual(await ids({ types: ['none'] }), [])
    assert.deepEqual(await ids({ types: [] }), [])
    assert.deepEqual(await ids({ status: 'cancelled' }), [other.id])
    assert.deepEqual(await ids({ status: 'cancelled', types: ['externalImage'] }), [])
  })

  withStore(create, 'a waiting job is cancelled at once and never runs', async ({ store, clock }) => {
    const [job] = await submitMany(store, 1)
    assert.ok(job !== undefined)
    clock.advance(5)
    const cancelled = await store.cancel(job.id, ACCOUNT)
    assert.equal(cancelled?.status, 'cancelled')
    assert.equal(cancelled.completedAt, clock.now())
    assert.ok(cancelled.version > job.version)
    assert.deepEqual(await store.cancel(job.id, ACCOUNT), cancelled, 'a second cancel changes nothing')
    assert.deepEqual(await claim(store, 5), [])
    assert.equal(await store.countPending(), 0)
    assert.equal(await store.cancel('unknown', ACCOUNT), null)
  })

  withStore(create, 'a running job is asked to stop, and may still finish', async ({ store }) => {
    const { job, lease } = await submitAndClaim(store)
    assert.deepEqual(await store.heartbeat(lease, 1000), { isCancelRequested: false })
    const asked = await store.cancel(job.id, ACCOUNT)
    assert.equal(asked?.status, 'scheduled')
    assert.equal(asked.isCancelRequested, true)
    assert.deepEqual(await store.heartbeat(lease, 1000), { isCancelRequested: true })
    assert.equal((await store.finish(lease, completed()))?.status, 'completed')
  })

  withStore(
    create,
    'deleting answers the blobs, takes files offline and forgets the job',
    async ({ store }) => {
      const output = newOutput()
      const { job, lease } = await submitAndClaim(store, newJob({ blobKey: 'input-blob' }))
      assert.equal(await store.deleteJob(job.id, ACCOUNT), null, 'a running job stays')
      await store.finish(lease, completed([output]))
      assert.deepEqual(await allBlobKeys(store), [output.blobKey, 'input-blob'].sort())
      const removed = await store.deleteJob(job.id, ACCOUNT)
      assert.deepEqual([...(removed?.blobKeys ?? [])].sort(), [output.blobKey, 'input-blob'].sort())
      assert.equal(await store.getJob(job.id, ACCOUNT), null)
      assert.equal(await store.getFile(output.fileId), null)
      assert.deepEqual(await allBlobKeys(store), [])
      assert.equal(await store.deleteJob(job.id, ACCOUNT), null)
      assert.equal(
        await store.finish(lease, completed([output])),
        null,
        'a late repetition does not bring it back',
      )
    },
  )

  withStore(create, 'the sweep names every blob, over many pages', async ({ store }) => {
    const keys = Array.from({ length: 1203 }, (_, index) => `blob-${index}`)
    await Promise.all(keys.map((blobKey) => store.submit(newJob({ blobKey }))))
    assert.deepEqual(await allBlobKeys(store), keys.sort())
  })

  withStore(
    create,
    'over the concurrency jobs are backlogged, and move up in order as room appears',
    async ({ store }) => {
      await store.setConcurrency(ACCOUNT, 2)
      const jobs = await submitMany(store, 5)
      assert.deepEqual(
        jobs.map(({ status }) => status),
        ['queued', 'queued', 'backlogged', 'backlogged', 'backlogged'],
      )
      const [first, second] = await claim(store, 5)
      assert.ok(first !== undefined && second !== undefined)
      assert.deepEqual(await countByStatus(store), { scheduled: 2, backlogged: 3 })
      await store.finish(first.lease, completed())
      assert.equal((await stored(store, jobs[2]?.id ?? '')).status, 'queued')
      await store.cancel(jobs[2]?.id ?? '', ACCOUNT)
      assert.equal((await stored(store, jobs[3]?.id ?? '')).status, 'queued')
      await store.setConcurrency(ACCOUNT, 8)
      assert.deepEqual(await countByStatus(store), { completed: 1, scheduled: 1, cancelled: 1, queued: 2 })
    },
  )

  withStore(create, 'the default concurrency is 8; anything but a count is refused', async ({ store }) => {
    await submitMany(store, 9)
    assert.deepEqual(await countByStatus(store), { queued: 8, backlogged: 1 })
    for (const wrong of [-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])
      await assert.rejects(store.setConcurrency(ACCOUNT, wrong), hasCode('invalid_request'))
    await store.setConcurrency(ACCOUNT, 0)
    assert.deepEqual(await claim(store, 9), [], 'zero pauses an account')
  })

  withStore(create, 'listeners hear of work after the commit, until they leave', async ({ store }) => {
    let heard = 0
    const leave = store.onWork(() => (heard += 1))
    await Promise.all([store.submit(newJob()), store.submit(newJob())])
    assert.ok(heard === 1 || heard === 2, 'one call a commit, and writes may share one')
    heard = 0
    const [claimed] = await claim(store)
    assert.equal(heard, 0, 'a claim makes no work')
    assert.ok(claimed !== undefined)
    await store.finish(claimed.lease, completed())
    assert.equal(heard, 1)
    leave()
    await store.submit(newJob())
    assert.equal(heard, 1)
  })
}
