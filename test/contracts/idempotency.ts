/** What every store of idempotency keys must do. Run by each store's own test file. */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { describe } from 'node:test'
import type { Once } from '../../src/core/idempotency.ts'
import { KEPT_MS } from '../../src/core/idempotency.ts'
import type { Job } from '../../src/core/job.ts'
import type { Asset } from '../../src/core/ports.ts'
import type { CreateStateStore } from './state-store-fixtures.ts'
import { ACCOUNT, countByStatus, hasCode, newAsset, newJob, withStore } from './state-store-fixtures.ts'

const TWINS = 50
const SHARING = { fingerprint: 'f', windowMs: 60_000 }

const once = (key: string, fingerprint = 'f'): Once<Job | Asset> => ({
  key,
  fingerprint,
  answer: ({ id, createdAtMicros }) => ({ status: 200, body: `“${id}” at ${createdAtMicros}` }),
})

export function describeIdempotencyStore(name: string, create: CreateStateStore): void {
  void describe(`idempotency contract: ${name}`, () => {
    withStore(
      create,
      'the second request gets the answer to the first, and stores nothing',
      async (fixture) => {
        const { idempotency } = fixture.store
        const job = newJob()
        const first = await idempotency.submit(job, once('k'))
        assert.equal(first.isReplayed, false)
        const stored = await fixture.store.getJob(job.id, ACCOUNT)
        assert.equal(first.answer.body, `“${job.id}” at ${stored?.createdAtMicros}`)
        const second = newJob()
        assert.deepEqual(await idempotency.submit(second, once('k')), { ...first, isReplayed: true })
        assert.equal(await fixture.store.getJob(second.id, ACCOUNT), null)
        assert.deepEqual(await idempotency.find(ACCOUNT, once('k')), first.answer)
        assert.equal(await idempotency.find(ACCOUNT, once('other')), null)
        assert.equal(await fixture.store.countPending(), 1)
      },
    )

    withStore(
      create,
      'another request under the same key is refused, and stores nothing',
      async ({ store }) => {
        await store.idempotency.submit(newJob(), once('k', 'a'))
        const mismatch = hasCode('idempotency_mismatch')
        await assert.rejects(store.idempotency.submit(newJob(), once('k', 'b')), mismatch)
        await assert.rejects(store.idempotency.find(ACCOUNT, once('k', 'b')), mismatch)
        await assert.rejects(store.idempotency.createAsset(newAsset(), once('k', 'b')), mismatch)
        assert.equal(await store.countPending(), 1)
      },
    )

    withStore(create, `${TWINS} at the same time, through two processes, make one job`, async (fixture) => {
      const stores = [fixture.store, await fixture.open()]
      const results = await Promise.all(
        Array.from({ length: TWINS }, (_, index) =>
          (stores[index % 2] ?? fixture.store).idempotency.submit(newJob(), once('k')),
        ),
      )
      assert.equal(results.filter(({ isReplayed }) => !isReplayed).length, 1)
      assert.equal(new Set(results.map(({ answer }) => answer.body)).size, 1)
      assert.deepEqual(await countByStatus(fixture.store), { queued: 1 })
      assert.equal(await fixture.store.countPending(), 1)
    })

    withStore(create, 'what the next start finds is the same answer', async ({ store, open }) => {
      const { answer } = await store.idempotency.submit(newJob(), once('k'))
      await store.close()
      const next = await open()
      const replayed = await next.idempotency.submit(newJob(), once('k'))
      assert.deepEqual(replayed, { answer, isReplayed: true })
    })

    withStore(create, 'a job that cannot be stored leaves its key free', async ({ store }) => {
      const taken = newJob({ accountId: 'another' })
      await store.submit(taken)
      await assert.rejects(store.idempotency.submit(newJob({ id: taken.id }), once('k')), hasCode('conflict'))
      assert.equal((await store.idempotency.submit(newJob(), once('k'))).isReplayed, false)
    })

    withStore(create, 'keys of two accounts have nothing to do with each other', async ({ store }) => {
      const mine = await store.idempotency.submit(newJob(), once('k', 'a'))
      const theirs = await store.idempotency.submit(newJob({ accountId: 'another' }), once('k', 'b'))
      assert.equal(theirs.isReplayed, false)
      assert.notDeepEqual(mine.answer, theirs.answer)
    })

    withStore(create, 'a key is free again after 24 hours, and its row goes', async ({ store, clock }) => {
      const first = await store.idempotency.submit(newJob(), once('k', 'a'))
      await store.idempotency.submit(newJob(), once('other'))
      clock.advance(KEPT_MS - 1)
      assert.deepEqual(await store.idempotency.find(ACCOUNT, once('k', 'a')), first.answer)
      clock.advance(1)
      assert.equal(await store.idempotency.find(ACCOUNT, once('k', 'a')), null)
      const next = await store.idempotency.submit(newJob(), once('k', 'b'))
      assert.equal(next.isReplayed, false)
      assert.deepEqual(await store.idempotency.find(ACCOUNT, once('k', 'b')), next.answer)
    })

    withStore(create, `${TWINS} identical submits at the same time share one job`, async (fixture) => {
      const stores = [fixture.store, await fixture.open()]
      const results = await Promise.all(
        Array.from({ length: TWINS }, (_, index) =>
          (stores[index % 2] ?? fixture.store).idempotency.submitShared(newJob(), SHARING),
        ),
      )
      assert.equal(results.filter(({ isJoined }) => !isJoined).length, 1)
      assert.equal(new Set(results.map(({ job }) => job.id)).size, 1)
      assert.equal(await fixture.store.countPending(), 1)
    })

    withStore(
      create,
      'only a job that has not ended, within its time, is joined',
      async ({ store, clock }) => {
        const { submitShared } = store.idempotency
        const first = await submitShared(newJob(), SHARING)
        const other = await submitShared(newJob({ accountId: 'another' }), SHARING)
        const unlike = await submitShared(newJob(), { ...SHARING, fingerprint: 'g' })
        assert.deepEqual([first.isJoined, other.isJoined, unlike.isJoined], [false, false, false])
        await store.cancel(first.job.id, ACCOUNT)
        const second = await submitShared(newJob(), SHARING)
        assert.equal(second.isJoined, false)
        clock.advance(SHARING.windowMs - 1)
        assert.equal((await submitShared(newJob(), SHARING)).job.id, second.job.id)
        clock.advance(1)
        assert.equal((await submitShared(newJob(), SHARING)).isJoined, false)
      },
    )

    withStore(create, 'assets are made once, too', async ({ store }) => {
      const [asset, twin] = [newAsset(), newAsset({ id: randomUUID() })]
      const first = await store.idempotency.createAsset(asset, once('k'))
      const second = await store.idempotency.createAsset(twin, once('k'))
      assert.deepEqual(second, { ...first, isReplayed: true })
      assert.notEqual(await store.getAsset(asset.id, ACCOUNT), null)
      assert.equal(await store.getAsset(twin.id, ACCOUNT), null)
      assert.equal(await store.getFile(twin.fileId), null)
    })
  })
}
