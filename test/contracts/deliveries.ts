/** What every delivery store must do. Run by each store's own test file. */
import assert from 'node:assert/strict'
import { describe } from 'node:test'
import type { Delivery, DeliveryQuery } from '../../src/core/delivery.ts'
import type { StateStore } from '../../src/core/ports.ts'
import { MAX_LOSSES } from '../../src/state/lease.ts'
import {
  attempt,
  claimDeliveries,
  DELIVERED,
  endJobs,
  PER_ENDPOINT,
  retryIn,
  settle,
  URL_A,
} from './deliveries-fixtures.ts'
import { unstoredContract } from './deliveries-unstored.ts'
import type { CreateStateStore } from './state-store-fixtures.ts'
import {
  ACCOUNT,
  claim,
  completed,
  giveBack,
  hasCode,
  LEASE_MS,
  newJob,
  RATE_LIMITED,
  submitAndClaim,
  withStore,
} from './state-store-fixtures.ts'

const WEBHOOK = { url: URL_A, keyId: 'key-1', baseUrl: 'http://127.0.0.1:4500' }
const MINUTE = 60_000

function list(store: StateStore, changes: Partial<DeliveryQuery> = {}): Promise<readonly Delivery[]> {
  const query = { accountId: ACCOUNT, beforeMicros: null, limit: 1000, jobId: null, status: null }
  return store.deliveries.list({ ...query, ...changes })
}

async function only(store: StateStore): Promise<Delivery> {
  const [delivery, ...others] = await list(store)
  assert.ok(delivery !== undefined && others.length === 0)
  return delivery
}

export function describeDeliveryStore(name: string, create: CreateStateStore): void {
  void describe(`delivery store contract: ${name}`, () => {
    void describe('making', () => makingContract(create))
    void describe('claiming', () => claimingContract(create))
    void describe('settling', () => settlingContract(create))
    void describe('of jobs that are not stored', () => unstoredContract(create))
    void describe('log and secrets', () => recordContract(create))
  })
}

function makingContract(create: CreateStateStore): void {
  withStore(create, 'every end of a job makes one delivery, due at once', async ({ store, clock }) => {
    const finished = await submitAndClaim(store, newJob({ webhook: WEBHOOK }))
    await store.finish(finished.lease, completed())
    const failed = await submitAndClaim(store, newJob({ webhook: WEBHOOK }))
    await store.finish(failed.lease, { status: 'failed', error: RATE_LIMITED, warnings: [], cost: null })
    const cancelled = await store.submit(newJob({ webhook: WEBHOOK }))
    await store.cancel(cancelled.id, ACCOUNT)
    const stopped = await submitAndClaim(store, newJob({ webhook: WEBHOOK }))
    await store.cancel(stopped.job.id, ACCOUNT)
    await store.release(stopped.lease, { runAt: 0, error: null, isAttemptSpent: true })
    const lost = await store.submit(newJob({ webhook: WEBHOOK }))
    for (let losses = 0; losses < MAX_LOSSES; losses += 1) {
      while ((await claim(store)).length === 0) clock.advance(LEASE_MS)
      clock.advance(LEASE_MS)
    }
    assert.deepEqual(await claim(store), [])
    const deliveries = await list(store)
    const jobs = [finished.job.id, failed.job.id, cancelled.id, stopped.job.id, lost.id].reverse()
    assert.deepEqual(
      deliveries.map(({ jobId }) => jobId),
      jobs,
    )
    assert.equal(new Set(deliveries.map(({ id }) => id)).size, jobs.length)
    assert.ok(deliveries.every(({ status, nextAttemptAt }) => status === 'pending' && nextAttemptAt !== null))
    const claimed = await claimDeliveries(store)
    assert.equal(claimed.length, PER_ENDPOINT)
    assert.deepEqual(claimed[0]?.delivery.webhook, WEBHOOK)
    for (const { job, delivery } of claimed)
      assert.deepEqual(
        { ...job, input: null },
        { ...(await store.getJob(delivery.jobId, ACCOUNT)), input: null },
      )
  })

  withStore(create, 'a job that goes back, or has no webhook, makes none', async ({ store }) => {
    const { lease } = await submitAndClaim(store, newJob({ webhook: WEBHOOK }))
    await giveBack(store, lease, 0)
    const plain = await store.submit(newJob())
    await store.cancel(plain.id, ACCOUNT)
    assert.deepEqual(await list(store), [])
    assert.equal(await store.deliveries.nextWakeMs(), null)
  })

  withStore(create, 'a repeated finish makes no second one', async ({ store }) => {
    const { lease } = await submitAndClaim(store, newJob({ webhook: WEBHOOK }))
    const outcome = completed()
    await store.finish(lease, outcome)
    await store.finish(lease, outcome)
    assert.equal((await list(store)).length, 1)
  })

  withStore(create, 'it stays when its job is deleted, and holds no prompt', async ({ store }) => {
    const [id = ''] = await endJobs(store, 1)
    await store.deleteJob(id, ACCOUNT)
    const [claimed] = await claimDeliveries(store)
    assert.equal(claimed?.job.id, id)
    assert.equal(claimed.job.input.prompt, null)
    assert.deepEqual(claimed.job.input.fields, {})
  })
}

function claimingContract(create: CreateStateStore): void {
  withStore(create, 'an endpoint has four places, whatever its paths', async ({ store }) => {
    await endJobs(store, 5, { url: 'https://a.example/one' })
    await endJobs(store, 5, { url: 'https://a.example/two?x' })
    await endJobs(store, 2, { url: 'https://a.example:8443/' })
    const claimed = await claimDeliveries(store)
    const origins = claimed.map(({ delivery }) => new URL(delivery.webhook.url).origin)
    assert.equal(origins.filter((origin) => origin === 'https://a.example').length, PER_ENDPOINT)
    assert.equal(origins.filter((origin) => origin === 'https://a.example:8443').length, 2)
    assert.deepEqual(await claimDeliveries(store), [])
    const [first] = claimed
    assert.ok(first !== undefined)
    await settle(store, first, DELIVERED)
    assert.equal((await claimDeliveries(store)).length, 1)
  })

  withStore(create, 'the oldest of an endpoint goes first', async ({ store, clock }) => {
    const order: string[] = []
    for (let n = 0; n < 3; n += 1) {
      order.push(...(await endJobs(store, 1)))
      clock.advance(10)
    }
    const claimed = await claimDeliveries(store)
    assert.deepEqual(
      claimed.map(({ delivery }) => delivery.jobId),
      order,
    )
  })

  withStore(create, 'accounts take turns, and none takes more than its share', async ({ store }) => {
    for (const host of ['a', 'b', 'c', 'd']) await endJobs(store, 5, { url: `https://${host}.example/` })
    await endJobs(store, 3, { accountId: 'account-b', url: 'https://z.example/' })
    const byAccount = (claimed: Awaited<ReturnType<typeof claimDeliveries>>, id: string): number =>
      claimed.filter(({ delivery }) => delivery.accountId === id).length
    const first = await claimDeliveries(store, { slots: 4 })
    assert.deepEqual([byAccount(first, ACCOUNT), byAccount(first, 'account-b')], [2, 2])
    const second = await claimDeliveries(store, { slots: 100, perAccount: 6 })
    assert.deepEqual([byAccount(second, ACCOUNT), byAccount(second, 'account-b')], [4, 1])
  })

  withStore(create, 'two senders never get the same delivery', async ({ store, open }) => {
    const other = await open()
    for (const host of ['a', 'b', 'c', 'd', 'e']) await endJobs(store, 4, { url: `https://${host}.example/` })
    const claims = await Promise.all(
      Array.from({ length: 10 }, (_, n) =>
        claimDeliveries(n % 2 === 0 ? store : other, { slots: 3, owner: `sender-${n}` }),
      ),
    )
    const ids = claims.flat().map(({ delivery }) => delivery.id)
    assert.equal(ids.length, 20)
    assert.equal(new Set(ids).size, 20)
  })

  withStore(
    create,
    'nextWakeMs tells when the next one is due, or a lease ends',
    async ({ store, clock }) => {
      await endJobs(store, 1)
      assert.equal(await store.deliveries.nextWakeMs(), 0)
      const [claimed] = await claimDeliveries(store)
      assert.ok(claimed !== undefined)
      assert.equal(await store.deliveries.nextWakeMs(), 60_000)
      await settle(store, claimed, retryIn(5000))
      assert.equal(await store.deliveries.nextWakeMs(), 5000)
      clock.advance(4999)
      assert.deepEqual(await claimDeliveries(store), [])
      clock.advance(1)
      assert.equal((await claimDeliveries(store)).length, 1)
    },
  )
}

function settlingContract(create: CreateStateStore): void {
  withStore(create, 'a try that failed comes back with its count; the id stays', async ({ store, clock }) => {
    await endJobs(store, 1)
    const { id } = await only(store)
    for (let failures = 0; failures < 3; failures += 1) {
      const [claimed] = await claimDeliveries(store)
      assert.equal(claimed?.delivery.id, id)
      assert.equal(claimed.delivery.failureCount, failures)
      assert.equal(claimed.lease.attempt, failures + 1)
      assert.equal(await settle(store, claimed, retryIn(MINUTE)), true)
      assert.equal((await only(store)).nextAttemptAt, clock.now() + MINUTE)
      clock.advance(MINUTE)
    }
    const [last] = await claimDeliveries(store)
    assert.ok(last !== undefined)
    await settle(store, last, { kind: 'failed' })
    const { status, nextAttemptAt, attemptCount } = await only(store)
    assert.deepEqual([status, nextAttemptAt, attemptCount], ['failed', null, 4])
    assert.equal(await store.deliveries.nextWakeMs(), null)
  })

  withStore(
    create,
    'a lost lease can write nothing; its try is logged as cut off and made again',
    async ({ store, clock }) => {
      await endJobs(store, 1)
      const [first] = await claimDeliveries(store)
      clock.advance(60_000)
      const [second] = await claimDeliveries(store, { owner: 'sender-2' })
      assert.ok(first !== undefined && second !== undefined)
      assert.equal(second.delivery.id, first.delivery.id)
      assert.equal(await settle(store, first, { kind: 'failed' }), false)
      assert.equal(await store.deliveries.release(first.lease), false)
      assert.equal(await settle(store, second, DELIVERED), true)
      assert.equal(await settle(store, second, DELIVERED), false)
      const attempts = await store.deliveries.listAttempts(first.delivery.id, 10)
      assert.deepEqual(
        attempts.map(({ number }) => number),
        [1, 2],
      )
      assert.match(String(attempts[0]?.error), /not known/u)
      assert.equal((await only(store)).status, 'delivered')
    },
  )

  withStore(create, 'released, or left by a predecessor, it is due at once', async ({ store, open }) => {
    await endJobs(store, 2)
    const [given, left] = await claimDeliveries(store)
    assert.ok(given !== undefined && left !== undefined)
    assert.equal(await store.deliveries.release(given.lease), true)
    const successor = await open()
    await successor.deliveries.endLeases()
    const again = await claimDeliveries(successor, { owner: 'sender-2' })
    const attempts = new Map(again.map(({ delivery, lease }) => [delivery.id, lease.attempt]))
    assert.equal(attempts.get(given.delivery.id), 1, 'a release does not count')
    assert.equal(attempts.get(left.delivery.id), 2)
  })

  withStore(create, 'a pause holds the whole endpoint, and no other', async ({ store, clock }) => {
    await endJobs(store, 5)
    await endJobs(store, 1, { url: 'https://b.example/' })
    const claimed = await claimDeliveries(store)
    const paused = claimed.find(({ delivery }) => delivery.webhook.url === URL_A)
    assert.ok(paused !== undefined)
    const others = claimed.filter((other) => other !== paused)
    await settle(store, paused, retryIn(5000, MINUTE))
    for (const other of others) await settle(store, other, DELIVERED)
    await endJobs(store, 1, { url: 'https://b.example/' })
    clock.advance(5000)
    assert.deepEqual(
      (await claimDeliveries(store)).map(({ delivery }) => delivery.webhook.url),
      ['https://b.example/'],
    )
    clock.advance(MINUTE - 5000)
    assert.equal((await claimDeliveries(store)).length, 2)
  })

  withStore(
    create,
    '410 disables one address of one account; enabling and replaying mends it',
    async (fixture) => {
      const { store } = fixture
      await endJobs(store, 6)
      await endJobs(store, 1, { accountId: 'account-b' })
      const [gone] = (await claimDeliveries(store)).filter(({ delivery }) => delivery.accountId === ACCOUNT)
      assert.ok(gone !== undefined)
      await settle(store, gone, { kind: 'disable' })
      const waiting = (await list(store, { status: 'pending' })).length
      assert.equal(waiting, PER_ENDPOINT - 1, 'those under way end by themselves, the others have failed')
      const [later = ''] = await endJobs(store, 1)
      assert.equal((await list(store, { jobId: later }))[0]?.status, 'failed')
      const [{ url } = { url: '' }] = await store.deliveries.listDisabled(ACCOUNT)
      assert.equal(url, URL_A)
      assert.deepEqual(await store.deliveries.listDisabled('account-b'), [])

      const { id } = gone.delivery
      await assert.rejects(store.deliveries.replay(id, ACCOUNT), hasCode('conflict'))
      assert.equal(await store.deliveries.enable(URL_A, 'account-b'), false)
      assert.equal(await store.deliveries.enable(URL_A, ACCOUNT), true)
      const replayed = await store.deliveries.replay(id, ACCOUNT)
      assert.deepEqual([replayed?.id, replayed?.status, replayed?.failureCount], [id, 'pending', 0])
    },
  )

  withStore(create, 'a delivery that is being sent cannot be replayed', async ({ store }) => {
    await endJobs(store, 1)
    const [claimed] = await claimDeliveries(store)
    const id = claimed?.delivery.id ?? ''
    await assert.rejects(store.deliveries.replay(id, ACCOUNT), hasCode('conflict'))
    assert.equal(await store.deliveries.replay(id, 'account-b'), null)
    assert.ok(claimed !== undefined && (await settle(store, claimed, DELIVERED)))
    await store.deliveries.replay(id, ACCOUNT)
    assert.equal((await claimDeliveries(store))[0]?.lease.attempt, 2)
  })
}

function recordContract(create: CreateStateStore): void {
  withStore(create, 'the list pages, filters and keeps to the account', async ({ store }) => {
    const ids = [...(await endJobs(store, 1)), ...(await endJobs(store, 1)), ...(await endJobs(store, 1))]
    const [claimed] = await claimDeliveries(store, { slots: 1 })
    assert.ok(claimed !== undefined)
    await settle(store, claimed, DELIVERED)
    const [newest] = await list(store, { limit: 1 })
    assert.ok(newest !== undefined)
    assert.equal(newest.jobId, ids[2])
    const rest = await list(store, { beforeMicros: newest.createdAtMicros })
    assert.deepEqual(
      rest.map(({ jobId }) => jobId),
      [ids[1], ids[0]],
    )
    const filtered = await Promise.all([
      list(store, { status: 'pending' }),
      list(store, { status: 'delivered' }),
      list(store, { status: 'failed' }),
      list(store, { jobId: ids[1] ?? '', status: 'pending' }),
      list(store, { accountId: 'account-b' }),
    ])
    assert.deepEqual(
      filtered.map(({ length }) => length),
      [2, 1, 0, 1, 0],
    )
    assert.equal((await store.deliveries.get(newest.id, ACCOUNT))?.job.id, ids[2])
    assert.equal(await store.deliveries.get(newest.id, 'account-b'), null)
  })

  withStore(create, 'a try is logged as it was, the newest of many are shown', async ({ store }) => {
    await endJobs(store, 1)
    for (let n = 0; n < 3; n += 1) {
      const [claimed] = await claimDeliveries(store)
      assert.ok(claimed !== undefined)
      await settle(store, claimed, retryIn(0))
    }
    const { id } = await only(store)
    const all = await store.deliveries.listAttempts(id, 10)
    assert.deepEqual(all[0], attempt())
    assert.deepEqual(
      (await store.deliveries.listAttempts(id, 2)).map(({ number }) => number),
      [2, 3],
    )
  })

  withStore(
    create,
    'old ones that are over go with their log, and nothing else',
    async ({ store, clock }) => {
      await endJobs(store, 2)
      const [claimed] = await claimDeliveries(store, { slots: 1 })
      assert.ok(claimed !== undefined)
      await settle(store, claimed, DELIVERED)
      assert.equal(await store.deliveries.removeOld(clock.now() - 1), 0)
      assert.equal(await store.deliveries.removeOld(clock.now() + 1), 1)
      assert.equal(await store.deliveries.removeOld(clock.now() + 1), 0)
      assert.deepEqual(await store.deliveries.listAttempts(claimed.delivery.id, 10), [])
      assert.equal((await only(store)).status, 'pending')
      assert.equal((await claimDeliveries(store)).length, 1, 'its endpoint is still there')
    },
  )

  withStore(create, 'secrets: one current, one before it for a while', async ({ store, clock }) => {
    const { listSecrets, createSecret, rotateSecret } = store.deliveries
    const sealed = async (): Promise<string[]> => (await listSecrets('k')).map((secret) => secret.sealed)
    const [one, two] = await Promise.all([createSecret('k', 'first'), createSecret('k', 'second')])
    assert.equal(one.sealed, two.sealed)
    assert.deepEqual(await sealed(), [one.sealed])
    await rotateSecret('k', 'third', 1000)
    assert.deepEqual(await sealed(), ['third', one.sealed])
    await rotateSecret('k', 'fourth', 1000)
    assert.deepEqual(await sealed(), ['fourth', 'third'])
    clock.advance(1000)
    assert.deepEqual(await sealed(), ['fourth'])
    assert.deepEqual(await listSecrets('other'), [])
  })
}
