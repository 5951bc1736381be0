/** What has expired, and text that one of the engines cannot hold. */
import assert from 'node:assert/strict'
import {
  ACCOUNT,
  claim,
  completed,
  type CreateStateStore,
  newAsset,
  newJob,
  submitAndClaim,
  withStore,
} from './state-store-fixtures.ts'

export function retentionContract(create: CreateStateStore): void {
  withStore(
    create,
    'the time of a job counts from its end, however long it waited',
    async ({ store, clock }) => {
      const keptMs = 60_000
      const made = newJob({ expiresAt: clock.now() + keptMs })
      await store.submit(made)
      clock.advance(10 * keptMs)
      const [claimed] = await claim(store)
      assert.ok(claimed !== undefined)
      const outcome = completed()
      const ended = await store.finish(claimed.lease, outcome)
      assert.equal(ended?.expiresAt, clock.now() + keptMs)
      const [output] = outcome.status === 'completed' ? outcome.outputs : []
      assert.equal((await store.getFile(String(output?.fileId)))?.expiresAt, clock.now() + keptMs)
      assert.deepEqual((await store.listExpired(clock.now(), 10)).jobs, [])
    },
  )

  withStore(create, 'ended jobs are listed once their time has come, the oldest first', async ({ store }) => {
    for (const expiresAt of [300, 100, null, 200]) {
      const { lease } = await submitAndClaim(store, newJob({ expiresAt }))
      await store.finish(lease, completed())
    }
    const times = async (now: number, limit = 10) =>
      (await store.listExpired(now, limit)).jobs.map(({ expiresAt }) => expiresAt)
    assert.deepEqual(await times(99), [])
    assert.deepEqual(await times(100), [100])
    assert.deepEqual(await times(1000), [100, 200, 300])
    assert.deepEqual(await times(1000, 2), [100, 200])
    const [first] = (await store.listExpired(1000, 1)).jobs
    assert.equal(first?.accountId, ACCOUNT)
    assert.ok((await store.deleteJob(first.id, ACCOUNT)) !== null)
    assert.deepEqual(await times(1000), [200, 300])
  })

  withStore(create, 'a job that waits or runs is not listed, however old', async ({ store }) => {
    const waiting = await store.submit(newJob({ expiresAt: 1 }))
    assert.deepEqual((await store.listExpired(5, 10)).jobs, [])
    await claim(store)
    assert.deepEqual((await store.listExpired(5, 10)).jobs, [])
    await store.cancel(waiting.id, ACCOUNT)
    assert.deepEqual((await store.listExpired(5, 10)).jobs, [], 'asked to stop, but still running')
  })

  withStore(create, 'assets expire likewise, and are listed apart', async ({ store }) => {
    const [old, young, kept] = [
      newAsset({ expiresAt: 10 }),
      newAsset({ expiresAt: 20 }),
      newAsset({ expiresAt: null }),
    ]
    for (const asset of [young, kept, old]) await store.createAsset(asset)
    assert.equal((await store.getAsset(old.id, ACCOUNT))?.expiresAt, 10)
    assert.deepEqual(await store.listExpired(10, 5), {
      jobs: [],
      assets: [{ id: old.id, accountId: ACCOUNT, expiresAt: 10 }],
    })
    assert.equal((await store.listExpired(20, 5)).assets.length, 2)
    await store.deleteAsset(old.id, ACCOUNT)
    assert.deepEqual(
      (await store.listExpired(20, 5)).assets.map(({ id }) => id),
      [young.id],
    )
  })

  withStore(create, 'text of any kind is stored, and ids of any kind are only unknown', async ({ store }) => {
    for (const id of ['', 'a\0b', '\uD800', "'; --", 'x'.repeat(5000)]) {
      assert.equal(await store.getJob(id, ACCOUNT), null)
      assert.equal(await store.getJob('id', id), null)
      assert.equal(await store.cancel(id, ACCOUNT), null)
      assert.equal(await store.deleteAsset(id, ACCOUNT), null)
      assert.equal(await store.findKey(id), null)
      assert.equal(await store.getFile(id), null)
    }
    const asset = await store.createAsset(newAsset({ filename: 'a\0b.jpg', description: '🐈 “Katze”' }))
    assert.match(asset.filename ?? '', /^a.b\.jpg$/u)
    assert.equal((await store.getAsset(asset.id, ACCOUNT))?.description, '🐈 “Katze”')
  })
}
