/** API keys, assets, files, and what outlives a restart. */
import assert from 'node:assert/strict'
import type { ApiKey } from '../../src/core/api-key.ts'
import {
  ACCOUNT,
  allBlobKeys,
  completed,
  type CreateStateStore,
  hasCode,
  newAsset,
  newJob,
  newKey,
  newOutput,
  submitAndClaim,
  withStore,
} from './state-store-fixtures.ts'

export function recordContract(create: CreateStateStore): void {
  withStore(create, 'a key is found by its hash until it is revoked', async ({ store, clock }) => {
    const [key, other] = [newKey(), newKey({ createdAt: 6 })]
    await Promise.all([store.createKey(key), store.createKey(other)])
    assert.deepEqual(await store.findKey(key.hash), key)
    assert.equal(await store.findKey('unknown'), null)
    assert.equal(await store.countKeys(), 2)
    assert.equal(await store.revokeKey(key.id, 'account-b'), false)
    assert.equal(await store.revokeKey(key.id, ACCOUNT), true)
    assert.equal(await store.revokeKey(key.id, ACCOUNT), false)
    assert.equal(await store.findKey(key.hash), null)
    assert.equal(await store.countKeys(), 1)
    assert.deepEqual(await store.listKeys(ACCOUNT), [{ ...key, revokedAt: clock.now() }, other])
    assert.deepEqual(await store.listKeys('account-b'), [])
  })

  withStore(create, 'a revoked key is good again under another token, once', async ({ store }) => {
    const runKey = (changes: Partial<ApiKey>): ApiKey => newKey({ name: 'run', expiresAt: null, ...changes })
    const key = runKey({})
    const next = runKey({ createdAt: 7 })
    await store.createKey(key)
    assert.equal(await store.renewKey(next), null, 'it is in use')
    await store.revokeKey(key.id, ACCOUNT)
    assert.equal(await store.renewKey(runKey({ name: 'another' })), null)
    assert.equal(await store.renewKey(runKey({ scopes: ['admin'] })), null)
    assert.equal(await store.renewKey(runKey({ accountId: 'account-b' })), null)
    const racers = [next, runKey({ createdAt: 7 })]
    const taken = await Promise.all(racers.map((racer) => store.renewKey(racer)))
    assert.deepEqual(taken.toSorted(), [key.id, null].toSorted())
    assert.equal(await store.findKey(key.hash), null, 'the old token stays revoked')
    const winner = racers[taken.indexOf(key.id)]
    assert.deepEqual(await store.findKey(winner?.hash ?? ''), { ...winner, id: key.id })
    assert.equal((await store.listKeys(ACCOUNT)).length, 1)
  })

  withStore(create, 'the use of a key is noted at most once a minute', async ({ store, clock }) => {
    const key = newKey()
    await store.createKey(key)
    const used = async () => (await store.findKey(key.hash))?.lastUsedAt
    const first = clock.now()
    await store.touchKey(key.id)
    assert.equal(await used(), first)
    clock.advance(59_999)
    await store.touchKey(key.id)
    assert.equal(await used(), first)
    clock.advance(1)
    await store.touchKey(key.id)
    assert.equal(await used(), first + 60_000)
  })

  withStore(create, 'a refused write takes nothing of its neighbours with it', async ({ store }) => {
    const key = newKey()
    await store.createKey(key)
    const job = newJob()
    const results = await Promise.allSettled([
      store.submit(job),
      store.createKey(newKey({ hash: key.hash })),
      store.createKey(newKey({ id: key.id })),
      store.createKey(newKey({ accountId: 'account-b' })),
    ])
    assert.deepEqual(
      results.map(({ status }) => status),
      ['fulfilled', 'rejected', 'rejected', 'fulfilled'],
    )
    for (const result of results)
      if (result.status === 'rejected') assert.equal(result.reason.code, 'conflict')
    assert.equal((await store.getJob(job.id, ACCOUNT))?.status, 'queued')
    assert.equal(await store.countKeys(), 2)
  })

  withStore(create, 'an asset and its file come and go together', async ({ store }) => {
    const asset = newAsset()
    assert.deepEqual(await store.createAsset(asset), asset)
    assert.deepEqual(await store.createAsset({ ...asset, filename: 'other' }), asset, 'same id: no-op')
    await assert.rejects(store.createAsset({ ...asset, accountId: 'account-b' }), hasCode('conflict'))
    assert.deepEqual(await store.getAsset(asset.id, ACCOUNT), asset)
    assert.deepEqual(await store.findAssetByFile(asset.fileId, ACCOUNT), asset)
    const { fileId, blobKey, contentType, bytes, sha256 } = asset
    const stored = { blobKey, contentType, bytes, sha256, accountId: ACCOUNT, expiresAt: asset.expiresAt }
    assert.deepEqual(await store.getFile(fileId), { id: fileId, ...stored, isPreview: false })
    assert.equal(await store.getAsset(asset.id, 'account-b'), null)
    assert.equal(await store.findAssetByFile(asset.fileId, 'account-b'), null)
    assert.equal(await store.deleteAsset(asset.id, 'account-b'), null)
    assert.deepEqual(await allBlobKeys(store), [blobKey])
    assert.deepEqual(await store.deleteAsset(asset.id, ACCOUNT), { blobKeys: [blobKey] })
    assert.equal(await store.getFile(fileId), null)
    assert.equal(await store.deleteAsset(asset.id, ACCOUNT), null)
    assert.deepEqual(await allBlobKeys(store), [])
  })

  withStore(create, 'assets of one moment get different times and page without loss', async ({ store }) => {
    const created = await Promise.all(Array.from({ length: 5 }, () => store.createAsset(newAsset())))
    const newestFirst = [...created].sort((a, b) => b.createdAtMicros - a.createdAtMicros)
    const page = (beforeMicros: number | null) =>
      store.listAssets({ accountId: ACCOUNT, beforeMicros, limit: 3 })
    const first = await page(null)
    const second = await page(first.at(-1)?.createdAtMicros ?? null)
    assert.deepEqual([...first, ...second], newestFirst)
    assert.equal(new Set(created.map(({ createdAtMicros }) => createdAtMicros)).size, 5)
  })

  withStore(create, 'outputs are public files from the moment the job is completed', async ({ store }) => {
    const output = newOutput()
    const { lease } = await submitAndClaim(store)
    assert.equal(await store.getFile(output.fileId), null)
    await store.finish(lease, completed([output]))
    const { fileId: id, blobKey, contentType, bytes, sha256 } = output
    const file = { id, blobKey, contentType, bytes, sha256, accountId: ACCOUNT, expiresAt: null }
    assert.deepEqual(await store.getFile(id), { ...file, isPreview: false })
  })

  withStore(
    create,
    'it has a name, the same for all who ask and after a restart',
    async ({ store, open }) => {
      const names = await Promise.all([store.identify(), store.identify(), (await open()).identify()])
      assert.match(names[0], /^[\da-f-]{36}$/u)
      assert.equal(new Set(names).size, 1)
      await store.close()
      assert.equal(await (await open()).identify(), names[0])
    },
  )

  withStore(create, 'everything is there after a restart', async ({ store, open }) => {
    const { job, lease } = await submitAndClaim(store)
    await store.finish(lease, completed())
    const key = newKey()
    const asset = await store.createAsset(newAsset())
    await Promise.all([store.createKey(key), store.setConcurrency(ACCOUNT, 1)])
    const before = await store.getJob(job.id, ACCOUNT)
    await store.close()
    const next = await open()
    assert.deepEqual(await next.getJob(job.id, ACCOUNT), before)
    assert.deepEqual(await next.getAsset(asset.id, ACCOUNT), asset)
    assert.deepEqual(await next.findKey(key.hash), key)
    await next.submit(newJob())
    assert.equal((await next.submit(newJob())).status, 'backlogged')
  })

  withStore(create, 'closing waits for writes under way and refuses later calls', async ({ store, open }) => {
    const job = newJob()
    const writing = store.submit(job)
    await store.close()
    await writing
    await store.close()
    await assert.rejects(store.submit(newJob()), hasCode('unavailable'))
    await assert.rejects(store.getJob(job.id, ACCOUNT), hasCode('unavailable'))
    assert.equal((await (await open()).getJob(job.id, ACCOUNT))?.status, 'queued')
  })
}
