/** Whatever a store remembers, its answers are never older than the last commit of any process. */
import assert from 'node:assert/strict'
import {
  ACCOUNT,
  claim,
  completed,
  type CreateStateStore,
  newJob,
  newKey,
  withStore,
} from './state-store-fixtures.ts'

export function freshnessContract(create: CreateStateStore): void {
  withStore(create, 'each change of a job is seen by the next read, here and elsewhere', async (fixture) => {
    const { store } = fixture
    const other = await fixture.open()
    const job = newJob()
    await store.submit(job)
    const words = async (): Promise<(string | undefined)[]> =>
      Promise.all([store, other].map(async (reader) => (await reader.getJob(job.id, ACCOUNT))?.status))
    assert.deepEqual(await words(), ['queued', 'queued'])
    const [claimed] = await claim(other, 1)
    assert.ok(claimed !== undefined)
    assert.deepEqual(await words(), ['scheduled', 'scheduled'])
    const progress = { stage: 'sampling', percent: 50, etaMs: null }
    await store.saveProgress(claimed.lease, 'sampling', progress)
    assert.deepEqual(await words(), ['sampling', 'sampling'])
    assert.deepEqual((await other.getJob(job.id, ACCOUNT))?.progress, progress)
    await other.finish(claimed.lease, completed())
    assert.deepEqual(await words(), ['completed', 'completed'])
    await store.deleteJob(job.id, ACCOUNT)
    assert.deepEqual(await words(), [undefined, undefined])
  })

  withStore(create, 'a job that was read stays hidden from other accounts', async ({ store }) => {
    const job = newJob()
    await store.submit(job)
    assert.ok((await store.getJob(job.id, ACCOUNT)) !== null)
    assert.equal(await store.getJob(job.id, 'account-b'), null)
  })

  withStore(
    create,
    'a key that was in use is refused right after any process revoked it',
    async (fixture) => {
      const { store } = fixture
      const other = await fixture.open()
      for (const revoker of [store, other]) {
        const key = newKey()
        await store.createKey(key)
        for (const reader of [store, other]) assert.deepEqual(await reader.findKey(key.hash), key)
        await revoker.revokeKey(key.id, ACCOUNT)
        for (const reader of [store, other]) assert.equal(await reader.findKey(key.hash), null)
      }
    },
  )
}
