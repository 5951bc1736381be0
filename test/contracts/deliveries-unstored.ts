/** Of a job that is not stored, the log keeps which it was and how it ended, and nothing else. */
import assert from 'node:assert/strict'
import type { NewJob, StateStore } from '../../src/core/ports.ts'
import { claimDeliveries, DELIVERED, retryIn, settle, URL_A } from './deliveries-fixtures.ts'
import {
  ACCOUNT,
  completed,
  type CreateStateStore,
  hasCode,
  newJob,
  submitAndClaim,
  withStore,
} from './state-store-fixtures.ts'

const SECRET = 'what nobody may keep'

async function endUnstored(store: StateStore): Promise<void> {
  const webhook = { url: URL_A, keyId: 'key-1', baseUrl: 'http://127.0.0.1:4500' }
  const plain = newJob({ webhook })
  const warnings = [{ code: 'x', path: 'prompt', message: SECRET }]
  const job: NewJob = {
    ...plain,
    plan: { ...plain.plan, warnings },
    input: { ...plain.input, prompt: SECRET, options: { ...plain.input.options, isStored: false } },
  }
  const { lease } = await submitAndClaim(store, job)
  await store.finish(lease, completed())
}

async function kept(store: StateStore): Promise<string> {
  const query = { accountId: ACCOUNT, beforeMicros: null, limit: 10, jobId: null, status: null }
  const texts: unknown[] = []
  for (const { id } of await store.deliveries.list(query))
    texts.push(await store.deliveries.get(id, ACCOUNT), await store.deliveries.listAttempts(id, 10))
  return JSON.stringify(texts)
}

export function unstoredContract(create: CreateStateStore): void {
  withStore(create, 'its body is there until it is delivered, then it is gone', async ({ store, clock }) => {
    await endUnstored(store)
    const [first] = await claimDeliveries(store)
    assert.ok(first !== undefined && first.job.outputs.length === 1)
    await settle(store, first, retryIn(5000))
    assert.ok((await kept(store)).includes(SECRET), 'it will be sent again')
    assert.ok(!(await kept(store)).includes('oh '), 'what the receiver said is never kept')
    clock.advance(5000)
    const [second] = await claimDeliveries(store)
    assert.ok(second !== undefined && second.job.warnings[0]?.message === SECRET)
    await settle(store, second, DELIVERED)
    const text = await kept(store)
    for (const gone of [SECRET, 'oh ', 'broken', String(first.job.outputs[0]?.fileId)])
      assert.ok(!text.includes(gone), gone)
    assert.ok(text.includes(first.job.id) && text.includes('completed'))
    await assert.rejects(store.deliveries.replay(first.delivery.id, ACCOUNT), hasCode('conflict'))
  })

  withStore(create, 'given up on, or its webhook disabled, it is gone as well', async ({ store, clock }) => {
    await endUnstored(store)
    const [failed] = await claimDeliveries(store)
    assert.ok(failed !== undefined)
    await settle(store, failed, { kind: 'failed' })
    assert.ok(!(await kept(store)).includes(SECRET))
    await endUnstored(store)
    const [delayed] = await claimDeliveries(store)
    assert.ok(delayed !== undefined)
    await settle(store, delayed, retryIn(60_000))
    await endUnstored(store)
    const [refused] = await claimDeliveries(store)
    assert.ok(refused !== undefined)
    await settle(store, refused, { kind: 'disable' })
    await endUnstored(store)
    clock.advance(60_000)
    assert.deepEqual(await claimDeliveries(store), [])
    assert.ok(!(await kept(store)).includes(SECRET), 'neither those that waited nor the one that came later')
  })
}
