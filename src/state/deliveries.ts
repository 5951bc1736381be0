/** Webhook deliveries as an account sees them, and how they come to be. */
import { randomUUID } from 'node:crypto'
import type {
  Delivery,
  DeliveryAttempt,
  DeliveryQuery,
  DisabledWebhook,
  JobWebhook,
} from '../core/delivery.ts'
import { AfterimageError } from '../core/errors.ts'
import type { Job } from '../core/job.ts'
import type { AttemptRow, DeliveryRow } from './deliveries-row.ts'
import {
  fromSnapshot,
  isUnstored,
  phasesOf,
  toAttempt,
  toBlank,
  toDelivery,
  toSnapshot,
} from './deliveries-row.ts'
import { all, row, rows, type Script, statement } from './script.ts'
import * as deliveries from './statements/deliveries.ts'
import { stamp } from './stamp.ts'

/**
 * Part of the transaction that ends a job: makes its delivery, due at once. Without a webhook there is none; with one
 * that is disabled it has failed already, and can be replayed once the webhook is enabled.
 * @param webhook the column of the job's row
 */
export function* makeDelivery(job: Job, webhook: string | null, now: number): Script<void> {
  if (webhook === null) return
  const { url, keyId, baseUrl } = JSON.parse(webhook) as JobWebhook
  const { id: jobId, accountId } = job
  const { origin } = new URL(url)
  const [id, snapshot] = [randomUUID(), toSnapshot(job)]
  yield* all([
    statement(deliveries.OPEN_ENDPOINT, accountId, origin),
    stamp(accountId, now * 1000, 0),
    statement(
      deliveries.INSERT,
      id,
      accountId,
      jobId,
      keyId,
      url,
      origin,
      baseUrl,
      accountId,
      url,
      accountId,
      now,
      snapshot,
    ),
    // Only one whose webhook is disabled has ended already.
    ...(isUnstored(snapshot) ? [statement(deliveries.BLANK, toBlank(snapshot), id)] : []),
    statement(deliveries.REFRESH_ENDPOINT, accountId, origin),
  ])
}

/** The newest first. */
export function* listDeliveries(query: DeliveryQuery): Script<readonly Delivery[]> {
  const phases = phasesOf(query.status)
  const job = query.jobId === null ? [] : [query.jobId]
  const before = query.beforeMicros ?? Number.MAX_SAFE_INTEGER
  const text = deliveries.listText(job.length > 0, phases.length)
  const found = yield* rows<DeliveryRow>(text, query.accountId, before, ...job, ...phases, query.limit)
  return found.map(toDelivery)
}

export function* getDelivery(id: string, accountId: string): Script<{ delivery: Delivery; job: Job } | null> {
  const found = yield* row<DeliveryRow>(deliveries.GET_OF_ACCOUNT, id, accountId)
  return found === null ? null : { delivery: toDelivery(found), job: fromSnapshot(found.job) }
}

export function* listAttempts(deliveryId: string, limit: number): Script<readonly DeliveryAttempt[]> {
  return (yield* rows<AttemptRow>(deliveries.ATTEMPTS, deliveryId, limit)).map(toAttempt).reverse()
}

/** @throws AfterimageError `conflict` while it is being sent, while its URL is disabled, or when its body is gone */
export function* replay(id: string, accountId: string, now: number): Script<Delivery | null> {
  const found = yield* row<DeliveryRow>(deliveries.GET_OF_ACCOUNT, id, accountId)
  if (found === null) return null
  const { origin, url } = found
  if ((found.phase === 'delivered' || found.phase === 'failed') && isUnstored(found.job))
    throw new AfterimageError(
      'conflict',
      'This delivery cannot be sent again: nothing of its job is stored (no_store), so its body is gone.',
    )
  // The sweep may have removed the endpoint with its last delivery, but not while this one is there.
  yield* rows(deliveries.HOLD_ENDPOINT, accountId, origin)
  if ((yield* row(deliveries.IS_DISABLED, accountId, url)) !== null)
    throw new AfterimageError(
      'conflict',
      'This webhook is disabled because it answered 410 Gone; enable it first with POST /webhooks/enable.',
    )
  const replayed = yield* row<DeliveryRow>(deliveries.REPLAY, now, id)
  if (replayed === null)
    throw new AfterimageError('conflict', 'This delivery is being sent at this moment; look again shortly.')
  yield* rows(deliveries.REFRESH_ENDPOINT, accountId, origin)
  return toDelivery(replayed)
}

export function* listDisabled(accountId: string): Script<readonly DisabledWebhook[]> {
  type Found = { url: string; disabled_at: number }
  const found = yield* rows<Found>(deliveries.LIST_DISABLED, accountId)
  return found.map(({ url, disabled_at }) => ({ url, disabledAt: disabled_at }))
}

export function* enable(url: string, accountId: string): Script<boolean> {
  return (yield* row(deliveries.ENABLE, accountId, url)) !== null
}

/** Removes some finished deliveries with their log, and endpoints that have none left. @param before milliseconds */
export function* removeOld(before: number): Script<number> {
  type Old = Pick<DeliveryRow, 'id' | 'account_id' | 'origin'>
  const old = yield* rows<Old>(deliveries.LIST_OLD, before * 1000)
  for (const { id, account_id: accountId, origin } of old) {
    yield* rows(deliveries.HOLD_ENDPOINT, accountId, origin)
    // It may have been replayed since it was listed.
    if ((yield* row(deliveries.DELETE, id)) === null) continue
    yield* all([
      statement(deliveries.DELETE_ATTEMPTS, id),
      statement(deliveries.DELETE_IDLE_ENDPOINT, accountId, origin),
    ])
  }
  return old.length
}
