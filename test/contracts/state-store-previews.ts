/** Previews: fenced, only the newest, and gone with the attempt. */
import assert from 'node:assert/strict'
import type { Plan } from '../../src/core/job.ts'
import type { Lease, StateStore } from '../../src/core/ports.ts'
import {
  ACCOUNT,
  allBlobKeys,
  claim,
  completed,
  giveBack,
  LEASE_MS,
  LOCAL,
  newJob,
  newOutput,
  RATE_LIMITED,
  type RawStateStoreFixture,
  stored,
  submitAndClaim,
  withStore,
} from './state-store-fixtures.ts'

const PLAN: Plan = { engine: 'market', queue: 'market', warnings: [], estimate: LOCAL }
const PROGRESS = { stage: 'step 9', percent: 40, etaMs: null }

/** Every way in which an attempt ends while its job may go on. */
const RETURNS: Readonly<Record<string, (store: StateStore, lease: Lease) => Promise<unknown>>> = {
  'given back at once': (store, lease) => giveBack(store, lease, 0),
  'given back for later': (store, lease) =>
    store.release(lease, { runAt: 9_000_000_000_000, error: RATE_LIMITED, isAttemptSpent: true }),
  rerouted: (store, lease) => store.reroute(lease, { plan: PLAN, error: RATE_LIMITED }),
}
const ENDS: typeof RETURNS = {
  completed: (store, lease) => store.finish(lease, completed()),
  failed: (store, lease) =>
    store.finish(lease, { status: 'failed', error: RATE_LIMITED, warnings: [], cost: null }),
  cancelled: (store, lease) => store.finish(lease, { status: 'cancelled' }),
}

export function previewContract(create: () => Promise<RawStateStoreFixture>): void {
  withStore(create, 'a preview is a public file, and the word of the job says so', async ({ store }) => {
    const { job, lease } = await submitAndClaim(store)
    assert.equal(job.preview, null)
    const preview = newOutput()
    assert.equal(await store.savePreview(lease, preview), true)
    const seen = await stored(store, job.id)
    assert.deepEqual([seen.status, seen.preview], ['intermediate-complete', preview])
    assert.ok(seen.version > job.version)
    const { fileId: id, blobKey, contentType, bytes, sha256 } = preview
    const file = { id, blobKey, contentType, bytes, sha256, accountId: ACCOUNT, expiresAt: null }
    assert.deepEqual(await store.getFile(id), { ...file, isPreview: true })
    assert.ok((await allBlobKeys(store)).includes(blobKey), 'the sweep for orphans leaves it alone')
    assert.equal(await store.saveProgress(lease, 'sampling', PROGRESS), true)
    const later = await stored(store, job.id)
    assert.deepEqual([later.status, later.progress], ['intermediate-complete', PROGRESS])
  })

  withStore(create, 'only the newest preview is a file', async ({ store }) => {
    const { job, lease } = await submitAndClaim(store)
    const [first, second] = [newOutput(), newOutput()]
    await store.savePreview(lease, first)
    await store.savePreview(lease, second)
    assert.equal(await store.getFile(first.fileId), null)
    assert.equal((await store.getFile(second.fileId))?.blobKey, second.blobKey)
    assert.deepEqual((await stored(store, job.id)).preview, second)
    assert.ok(!(await allBlobKeys(store)).includes(first.blobKey))
  })

  withStore(create, 'who has not the lease shows nothing, and takes nothing away', async ({ store }) => {
    const { job, lease } = await submitAndClaim(store)
    const preview = newOutput()
    await store.savePreview(lease, preview)
    for (const stale of [
      { ...lease, owner: 'worker-2' },
      { ...lease, attempt: 2 },
      { ...lease, jobId: 'unknown' },
    ]) {
      const other = newOutput()
      assert.equal(await store.savePreview(stale, other), false)
      assert.equal(await store.getFile(other.fileId), null)
    }
    assert.deepEqual((await stored(store, job.id)).preview, preview)
  })

  for (const [how, end] of Object.entries({ ...RETURNS, ...ENDS }))
    withStore(create, `a preview goes with its attempt: ${how}`, async ({ store }) => {
      const { job, lease } = await submitAndClaim(store, newJob({ fallback: 'at_any_price' }))
      const preview = newOutput()
      await store.savePreview(lease, preview)
      await end(store, lease)
      const seen = await stored(store, job.id)
      assert.equal(seen.preview, null)
      assert.notEqual(seen.status, 'intermediate-complete')
      assert.equal(await store.getFile(preview.fileId), null)
      assert.ok(!(await allBlobKeys(store)).includes(preview.blobKey))
      assert.equal(await store.savePreview(lease, newOutput()), false, 'nothing comes after the end')
      assert.equal((await stored(store, job.id)).version, seen.version)
    })

  withStore(create, 'the preview of a lost worker goes with its lease', async ({ store, clock }) => {
    const { job, lease } = await submitAndClaim(store)
    const preview = newOutput()
    await store.savePreview(lease, preview)
    clock.advance(LEASE_MS + 1)
    const [next] = await claim(store)
    assert.equal(next?.job.id, job.id)
    assert.deepEqual([next?.job.preview, next?.job.status], [null, 'scheduled'])
    assert.equal(await store.getFile(preview.fileId), null)
    assert.equal(await store.savePreview(lease, newOutput()), false)
    const own = newOutput()
    assert.equal(next !== undefined && (await store.savePreview(next.lease, own)), true)
    assert.deepEqual((await stored(store, job.id)).preview, own)
  })

  withStore(
    create,
    'a program without previews ends a job: nothing of its preview is shown',
    async (fixture) => {
      const { store, execute } = fixture
      const { job, lease } = await submitAndClaim(store)
      const preview = newOutput()
      await store.savePreview(lease, preview)
      await store.finish(lease, completed([]))
      const { fileId, blobKey, contentType, bytes, sha256 } = preview
      const columns = 'id, blob_key, content_type, bytes, sha256, account_id, is_preview'
      const values = `'${fileId}', '${blobKey}', '${contentType}', ${bytes}, '${sha256}', '${ACCOUNT}', 1`
      await execute(`INSERT INTO files (${columns}) VALUES (${values})`)
      const leftBehind = `preview = '${JSON.stringify(preview)}', version = version + 1`
      await execute(`UPDATE jobs SET ${leftBehind} WHERE id = '${job.id}'`)

      assert.equal((await stored(store, job.id)).preview, null)
      assert.equal(await store.getFile(fileId), null)
      const removed = await store.deleteJob(job.id, ACCOUNT)
      assert.ok(removed?.blobKeys.includes(blobKey))
      // The row itself: were it still there, a second one of its id could not be.
      await execute(`INSERT INTO files (${columns}) VALUES (${values})`)
    },
  )
}
