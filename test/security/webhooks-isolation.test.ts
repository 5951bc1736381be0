/** One dead endpoint with ten thousand waiting deliveries delays nobody else. */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import type { TestContext } from 'node:test'
import type { ClaimedDelivery, DeliveryVerdict } from '../../src/core/delivery.ts'
import type { StateStore } from '../../src/core/ports.ts'
import { createSqliteStateStore } from '../../src/state/sqlite.ts'
import { createDeliveryWorker } from '../../src/webhooks/delivery-worker.ts'
import { planRetry } from '../../src/webhooks/schedule.ts'
import { startProof } from '../support/proof.ts'
import { attempt, DELIVERED, endJobs, settle } from '../contracts/deliveries-fixtures.ts'
import { createClock } from '../contracts/state-store-fixtures.ts'

const DEAD = 'https://dead.example/hook'
const HEALTHY = 'https://healthy.example/hook'
const WAITING = 10_000
/** As the worker has them. */
const [PLACES, PER_ACCOUNT, LEASE_MS] = [64, 32, 60_000]
/** How long a healthy and a dead receiver keep a place. */
const [HEALTHY_MS, DEAD_MS] = [20, 15_000]

function openStore(t: TestContext) {
  const directory = mkdtempSync(join(tmpdir(), 'afterimage-isolation-'))
  const clock = createClock()
  const store = createSqliteStateStore({ file: join(directory, 'state.sqlite'), clock })
  t.after(async () => {
    await store.close()
    rmSync(directory, { recursive: true, force: true })
  })
  return { store, clock }
}

async function fillDead(store: StateStore): Promise<void> {
  for (let n = 0; n < WAITING; n += 1000) await endJobs(store, 1000, { url: DEAD })
}

/** Latencies in virtual milliseconds of `count` healthy deliveries that come every 7 ms. */
async function healthyLatencies(
  { store, clock }: ReturnType<typeof openStore>,
  count: number,
): Promise<number[]> {
  type Event = { at: number; happen: () => Promise<void> }
  const begun = new Map<string, number>()
  const latencies: number[] = []
  let running = 0
  let events: Event[] = []
  const isDead = ({ delivery }: ClaimedDelivery): boolean => delivery.webhook.url === DEAD
  const end = async (claimed: ClaimedDelivery): Promise<void> => {
    running -= 1
    const plan = planRetry(claimed.delivery.failureCount + 1, { retryAfterMs: null, random: 0.5 })
    const verdict: DeliveryVerdict = plan === null ? { kind: 'failed' } : { kind: 'retry', ...plan }
    await settle(store, claimed, isDead(claimed) ? verdict : DELIVERED)
    const since = begun.get(claimed.delivery.jobId)
    if (since !== undefined) latencies.push(clock.now() - since)
  }
  for (let n = 0; n < count; n += 1)
    events.push({
      at: clock.now() + n * 7,
      happen: async () => {
        const [id = ''] = await endJobs(store, 1, { url: HEALTHY })
        begun.set(id, clock.now())
      },
    })
  while (latencies.length < count) {
    events.sort((a, b) => a.at - b.at)
    const [next, ...rest] = events
    assert.ok(next !== undefined)
    events = rest
    clock.set(Math.max(clock.now(), next.at))
    await next.happen()
    const slots = PLACES - running
    const request = { owner: 'o', slots, perAccount: PER_ACCOUNT, leaseMs: LEASE_MS }
    for (const claimed of await store.deliveries.claim(request)) {
      running += 1
      const at = clock.now() + (isDead(claimed) ? DEAD_MS : HEALTHY_MS)
      events.push({ at, happen: () => end(claimed) })
    }
  }
  return latencies.sort((a, b) => a - b)
}

const p99 = (sorted: readonly number[]): number => sorted[Math.floor(sorted.length * 0.99)] ?? Infinity

void describe('a dead endpoint', () => {
  void test(`with ${WAITING} waiting deliveries leaves the p99 of others within 2x, on a clock of its own`, async (t) => {
    const proof = startProof(t, '15. others beside a dead endpoint')
    proof.try(WAITING)
    const alone = p99(await healthyLatencies(openStore(t), 500))
    const rig = openStore(t)
    await fillDead(rig.store)
    const beside = p99(await healthyLatencies(rig, 500))
    if (beside > 2 * alone) proof.fail(`${beside} ms against ${alone} ms`)
    proof.end(`p99 alone ${alone} ms, beside it ${beside} ms, on a clock of its own`)
  })

  void test('holds its four places of the real worker and no more, while others are served', async (t) => {
    const { store } = openStore(t)
    await fillDead(store)
    const done = Promise.withResolvers<void>()
    let [dead, healthy] = [0, 0]
    const worker = createDeliveryWorker({
      store: store.deliveries,
      onWork: store.onWork,
      owner: randomUUID(),
      isSingleOwner: true,
      onError: (error) => done.reject(error),
      deliver: async ({ delivery, lease }, signal) => {
        const tried = attempt({ number: lease.attempt, error: null })
        if (delivery.webhook.url === HEALTHY) {
          if ((healthy += 1) === 300) done.resolve()
          return { attempt: tried, verdict: DELIVERED }
        }
        dead += 1
        await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
        return { attempt: tried, verdict: { kind: 'retry', delayMs: 0, pauseEndpointMs: 0 } }
      },
    })
    worker.start()
    const begun = performance.now()
    for (let n = 0; n < 10; n += 1) await endJobs(store, 30, { url: HEALTHY })
    await done.promise
    t.diagnostic(`300 healthy deliveries in ${Math.round(performance.now() - begun)} ms`)
    assert.equal(dead, 4)
    await worker.stop({ graceMs: 0 })
    const released = await store.deliveries.claim({
      owner: 'next',
      slots: 4,
      perAccount: 4,
      leaseMs: LEASE_MS,
    })
    assert.deepEqual(
      released.map(({ lease }) => lease.attempt),
      [1, 1, 1, 1],
      'what was cut off was given back uncounted',
    )
  })
})
