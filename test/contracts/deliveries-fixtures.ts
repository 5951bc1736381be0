/** Jobs with webhooks, ended in one way or another, and short ways to drive a delivery store. */
import { randomUUID } from 'node:crypto'
import type { ClaimedDelivery, DeliveryAttempt, DeliveryVerdict } from '../../src/core/delivery.ts'
import type { StateStore } from '../../src/core/ports.ts'
import { ACCOUNT, newJob } from './state-store-fixtures.ts'

export const URL_A = 'https://a.example/hook'
export const DELIVERED: DeliveryVerdict = { kind: 'delivered' }
export const PER_ENDPOINT = 4
const LEASE_MS = 60_000

export function retryIn(delayMs: number, pauseEndpointMs = 0): DeliveryVerdict {
  return { kind: 'retry', delayMs, pauseEndpointMs }
}

/** Ends so many jobs of an account whose webhook is `url`; answers their ids. */
export async function endJobs(
  store: StateStore,
  count: number,
  { url = URL_A, accountId = ACCOUNT, keyId = 'key-1' } = {},
): Promise<readonly string[]> {
  const webhook = { url, keyId, baseUrl: 'http://127.0.0.1:4500' }
  const ids = Array.from({ length: count }, () => randomUUID())
  await Promise.all(ids.map((id) => store.submit(newJob({ id, accountId, webhook }))))
  await Promise.all(ids.map((id) => store.cancel(id, accountId)))
  return ids
}

export function claimDeliveries(
  store: StateStore,
  { slots = 100, perAccount = 100, owner = 'sender-1' } = {},
): Promise<readonly ClaimedDelivery[]> {
  return store.deliveries.claim({ owner, slots, perAccount, leaseMs: LEASE_MS })
}

export function attempt(changes: Partial<DeliveryAttempt> = {}): DeliveryAttempt {
  return {
    number: 1,
    startedAt: 1000,
    durationMs: 20,
    requestHeaders: { 'webhook-id': 'x' },
    response: { status: 500, headers: { 'x-why': 'broken' }, body: 'oh \u0000 no', isBodyCut: false },
    error: 'The endpoint answered 500.',
    ...changes,
  }
}

export function settle(
  store: StateStore,
  { lease }: ClaimedDelivery,
  verdict: DeliveryVerdict,
): Promise<boolean> {
  const changes = verdict.kind === 'delivered' ? { error: null } : {}
  return store.deliveries.settle(lease, attempt({ number: lease.attempt, ...changes }), verdict)
}
