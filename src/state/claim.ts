/** The claim transaction: who runs next. */
import type { ClaimedJob, Lease, StateStore } from '../core/ports.ts'
import { fillRoom } from './end-job.ts'
import { attemptsOf, type JobRow, toJob } from './job-row.ts'
import { openAttempt, withAttempt } from './journal.ts'
import { expire, type Moment } from './lease.ts'
import { row, rows, type Script } from './script.ts'
import * as accounts from './statements/accounts.ts'
import * as statements from './statements/claim.ts'

type ClaimRequest = Parameters<StateStore['claim']>[0]
/** An account with jobs waiting in one queue: running jobs over all queues, their limit, and its last turn. */
type Waiting = { accountId: string; used: number; maxRunning: number; lastClaim: number }
type ClaimContext = {
  request: ClaimRequest
  moment: Moment
  /** Jobs that run, by account. */
  running: Map<string, number>
}

/**
 * Leases jobs: exact in the concurrency of each account over all queues, fair between accounts (fewest running
 * first, then longest unserved), oldest first within one. Both shown words wait here alike: a job that shows as
 * backlogged because another queue of its account is busy may run as soon as its own queue and the account have room.
 */
export function* claim(request: ClaimRequest, moment: Moment): Script<readonly ClaimedJob[]> {
  yield* wakeDelayed(moment)
  yield* expireLeases(moment.now, moment)
  const context = { request, moment, running: yield* countRunning() }
  const claimed: ClaimedJob[] = []
  for (const [queue, slots] of Object.entries(request.slots))
    if (slots > 0) claimed.push(...(yield* fillSlots(queue, slots, context)))
  return claimed
}

/** Deals the slots of a queue out one by one; each job that an account gets moves it back in the order. */
function* fillSlots(queue: string, slots: number, context: ClaimContext): Script<readonly ClaimedJob[]> {
  let waiting = yield* findWaiting(queue, context)
  let turn = (yield* row<{ turn: number }>(statements.LAST_TURN))?.turn ?? 0
  const claimed: ClaimedJob[] = []
  const served = new Set<Waiting>()
  while (claimed.length < slots && waiting.length > 0) {
    const next = waiting.reduce((best, other) => (isBefore(other, best) ? other : best))
    const job = yield* takeOldest(queue, next.accountId, context)
    if (job !== null) {
      claimed.push(job)
      next.used += 1
      next.lastClaim = ++turn
      context.running.set(next.accountId, next.used)
      served.add(next)
    }
    if (job === null || next.used >= next.maxRunning) waiting = waiting.filter((other) => other !== next)
  }
  for (const { accountId, lastClaim } of served) yield* rows(statements.MARK, lastClaim, accountId)
  return claimed
}

function isBefore(a: Waiting, b: Waiting): boolean {
  return a.used === b.used ? a.lastClaim < b.lastClaim : a.used < b.used
}

function* wakeDelayed(moment: Moment): Script<void> {
  const woken = yield* rows<{ account_id: string }>(statements.WAKE_DELAYED, moment.now)
  for (const accountId of new Set(woken.map(({ account_id }) => account_id))) {
    yield* rows(accounts.HOLD, accountId)
    yield* fillRoom(accountId, moment.defaultConcurrency)
  }
}

/** @param until leases that end at this time or before are over, in milliseconds */
export function* expireLeases(until: number, moment: Moment): Script<void> {
  const expired = yield* rows<JobRow>(statements.HOLD_EXPIRED, until)
  for (const held of expired) yield* expire(held, moment)
}

function* countRunning(): Script<Map<string, number>> {
  const counts = yield* rows<{ account_id: string; n: number }>(statements.RUNNING)
  return new Map(counts.map(({ account_id, n }) => [account_id, n]))
}

function* findWaiting(queue: string, { running, moment }: ClaimContext): Script<Waiting[]> {
  type Found = { account_id: string; max_running: number; last_claim: number }
  const found = yield* rows<Found>(statements.WAITING, queue, queue, moment.defaultConcurrency)
  return found
    .map((account) => ({
      accountId: account.account_id,
      used: running.get(account.account_id) ?? 0,
      maxRunning: account.max_running,
      lastClaim: account.last_claim,
    }))
    .filter(({ used, maxRunning }) => used < maxRunning)
}

function* takeOldest(
  queue: string,
  accountId: string,
  { request, moment }: ClaimContext,
): Script<ClaimedJob | null> {
  const oldest = yield* row<JobRow>(statements.HOLD_OLDEST, queue, accountId)
  if (oldest === null) return null
  const lease: Lease = {
    jobId: oldest.id,
    owner: request.owner,
    attempt: oldest.attempt + 1,
    expiresAt: moment.now + request.leaseMs,
  }
  const opened = openAttempt(lease.attempt, oldest.engine, moment.now)
  const attempts = JSON.stringify(withAttempt(attemptsOf(oldest), opened))
  const { attempt, owner, expiresAt } = lease
  const taken = yield* row<JobRow>(statements.TAKE, attempt, owner, expiresAt, attempts, oldest.id)
  return taken === null ? null : { job: toJob(taken), lease }
}

/** Milliseconds until a delayed job wakes or a lease ends; 0 when that is past, null when neither exists. */
export function* nextWakeMs(now: number): Script<number | null> {
  type Found = { run_at: number | null; lease_until: number | null }
  const found = yield* row<Found>(statements.NEXT_WAKE)
  const next = Math.min(found?.run_at ?? Infinity, found?.lease_until ?? Infinity)
  return next === Infinity ? null : Math.max(0, next - now)
}
