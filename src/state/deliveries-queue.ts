/** The queue of deliveries: who is sent next, and what became of it. */
import type {
  ClaimedDelivery,
  DeliveryAttempt,
  DeliveryLease,
  DeliveryStore,
  DeliveryVerdict,
} from '../core/delivery.ts'
import { toJson } from './job-row.ts'
import type { DeliveryPhase, DeliveryRow } from './deliveries-row.ts'
import { fromSnapshot, isUnstored, toBlank, toDelivery, withoutBody } from './deliveries-row.ts'
import { all, row, rows, type Script, type Statement, statement } from './script.ts'
import * as deliveries from './statements/deliveries.ts'

type ClaimRequest = Parameters<DeliveryStore['claim']>[0]
type Due = { accountId: string; used: number }

/** What the log says of a try whose sender vanished. */
const CUT_OFF = 'The server stopped during this attempt; whether it arrived is not known.'

/**
 * Leases due deliveries one by one: always one of the account that has the fewest under way, of its endpoint that has
 * waited longest. An endpoint whose places are all taken is not due, so a dead one holds those and no more.
 */
export function* claimDeliveries(request: ClaimRequest, now: number): Script<readonly ClaimedDelivery[]> {
  yield* endLeases(now, now)
  const sending = yield* countSending()
  const found = yield* rows<{ account_id: string }>(deliveries.DUE_ACCOUNTS)
  let due: Due[] = found.map(({ account_id: id }) => ({ accountId: id, used: sending.get(id) ?? 0 }))
  const claimed: ClaimedDelivery[] = []
  while (claimed.length < request.slots) {
    due = due.filter(({ used }) => used < request.perAccount)
    const [first, ...others] = due
    if (first === undefined) break
    const next = others.reduce((best, other) => (other.used < best.used ? other : best), first)
    const taken = yield* takeOldest(next.accountId, request, now)
    if (taken === 'none') due = due.filter((other) => other !== next)
    else if (taken !== 'gone') {
      claimed.push(taken)
      next.used += 1
      // Behind the others of its number: equal accounts take turns.
      due = [...due.filter((other) => other !== next), next]
    }
  }
  return claimed
}

function* countSending(): Script<Map<string, number>> {
  const counts = yield* rows<{ account_id: string; n: number }>(deliveries.SENDING)
  return new Map(counts.map(({ account_id, n }) => [account_id, n]))
}

/** `none`: the account has nothing due; `gone`: its first endpoint turned out to have nothing, look again. */
function* takeOldest(
  accountId: string,
  { owner, leaseMs }: ClaimRequest,
  now: number,
): Script<ClaimedDelivery | 'none' | 'gone'> {
  const endpoint = yield* row<{ origin: string }>(deliveries.NEXT_ENDPOINT, accountId, now)
  if (endpoint === null) return 'none'
  yield* rows(deliveries.HOLD_ENDPOINT, accountId, endpoint.origin)
  // Again under the lock: what a settle changed since must not be overtaken.
  yield* rows(deliveries.REFRESH_ENDPOINT, accountId, endpoint.origin)
  const oldest = yield* row<{ id: string }>(deliveries.OLDEST_DUE, accountId, endpoint.origin, now)
  const expiresAt = now + leaseMs
  const taken = oldest === null ? null : yield* row<DeliveryRow>(deliveries.TAKE, owner, expiresAt, oldest.id)
  yield* rows(deliveries.REFRESH_ENDPOINT, accountId, endpoint.origin)
  if (taken === null) return 'gone'
  const lease = { deliveryId: taken.id, owner, attempt: taken.attempt, expiresAt }
  return { delivery: toDelivery(taken), job: fromSnapshot(taken.job), lease }
}

/** Takes deliveries back from senders that vanished: due at once, the try logged and counted. */
export function* endLeases(until: number, now: number): Script<number> {
  const expired = yield* rows<DeliveryRow>(deliveries.EXPIRED, until)
  for (const { id, lease_owner, attempt } of expired) {
    const lease = { deliveryId: id, owner: lease_owner ?? '', attempt, expiresAt: until }
    const cutOff = { number: attempt, startedAt: now, durationMs: 0, requestHeaders: {}, response: null }
    const verdict = { kind: 'retry', delayMs: 0, pauseEndpointMs: 0 } as const
    yield* settle(lease, { attempt: { ...cutOff, error: CUT_OFF }, verdict, now })
  }
  return expired.length
}

export function* settle(
  lease: DeliveryLease,
  { attempt, verdict, now }: { attempt: DeliveryAttempt; verdict: DeliveryVerdict; now: number },
): Script<boolean> {
  const found = yield* row<DeliveryRow>(deliveries.GET, lease.deliveryId)
  if (found === null) return false
  const { account_id: accountId, origin, url } = found
  yield* rows(deliveries.HOLD_ENDPOINT, accountId, origin)
  const phase: DeliveryPhase =
    verdict.kind === 'delivered' ? 'delivered' : verdict.kind === 'retry' ? 'waiting' : 'failed'
  const dueAt = now + (verdict.kind === 'retry' ? verdict.delayMs : 0)
  const failures = verdict.kind === 'delivered' ? 0 : 1
  const { deliveryId, owner, attempt: number } = lease
  const settled = yield* row(deliveries.SETTLE, phase, dueAt, failures, deliveryId, owner, number)
  if (settled === null) return false
  const isHidden = isUnstored(found.job)
  if (verdict.kind === 'disable') yield* disable({ accountId, origin, url, now })
  yield* all([
    logOf(lease, isHidden ? { ...attempt, response: withoutBody(attempt.response) } : attempt),
    ...(isHidden ? [statement(deliveries.BLANK, toBlank(found.job), deliveryId)] : []),
    ...pauseOf(verdict, { accountId, origin, now }),
    statement(deliveries.REFRESH_ENDPOINT, accountId, origin),
  ])
  return true
}

function logOf({ deliveryId, attempt: number }: DeliveryLease, attempt: DeliveryAttempt): Statement {
  const { startedAt, durationMs, requestHeaders, response, error } = attempt
  const headers = JSON.stringify(requestHeaders)
  return statement(
    deliveries.LOG,
    deliveryId,
    number,
    startedAt,
    durationMs,
    headers,
    toJson(response),
    error,
  )
}

type Endpoint = { accountId: string; origin: string; now: number }

/** No more deliveries go to the webhook. */
function* disable({ accountId, origin, url, now }: Endpoint & { url: string }): Script<void> {
  yield* rows(deliveries.DISABLE, accountId, url, now)
  const failed = yield* rows<Pick<DeliveryRow, 'id' | 'job'>>(deliveries.FAIL_WAITING, accountId, origin, url)
  const hidden = failed.filter(({ job }) => isUnstored(job))
  yield* all(hidden.map(({ id, job }) => statement(deliveries.BLANK, toBlank(job), id)))
}

/** What a verdict means for the other deliveries of the endpoint. */
function pauseOf(verdict: DeliveryVerdict, { accountId, origin, now }: Endpoint): readonly Statement[] {
  if (verdict.kind !== 'retry' || verdict.pauseEndpointMs === 0) return []
  const until = now + verdict.pauseEndpointMs
  return [statement(deliveries.PAUSE_ENDPOINT, until, accountId, origin, until)]
}

export function* release(lease: DeliveryLease): Script<boolean> {
  const found = yield* row<DeliveryRow>(deliveries.GET, lease.deliveryId)
  if (found === null) return false
  yield* rows(deliveries.HOLD_ENDPOINT, found.account_id, found.origin)
  const { deliveryId, owner, attempt } = lease
  const released = (yield* row(deliveries.RELEASE, deliveryId, owner, attempt)) !== null
  yield* rows(deliveries.REFRESH_ENDPOINT, found.account_id, found.origin)
  return released
}

/** Milliseconds until a delivery can be claimed or a lease ends; 0 when that is past, null when neither exists. */
export function* nextDeliveryWakeMs(now: number): Script<number | null> {
  const found = yield* row<{ due: number | null; lease_until: number | null }>(deliveries.NEXT_WAKE)
  const next = Math.min(found?.due ?? Infinity, found?.lease_until ?? Infinity)
  return next === Infinity ? null : Math.max(0, next - now)
}
