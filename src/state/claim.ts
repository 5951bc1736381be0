/** The claim transaction: who runs next. */
import type { ClaimedJob, Lease, StateStore } from '../core/ports.ts'
import { deal, type Standing } from './deal.ts'
import { fillRoom } from './end-job.ts'
import { attemptsOf, type JobRow, toJob } from './job-row.ts'
import { openAttempt, withAttempt } from './journal.ts'
import { expire, type Moment, renew } from './lease.ts'
import { all, row, rows, type Script, statement } from './script.ts'
import * as accounts from './statements/accounts.ts'
import * as statements from './statements/claim.ts'
import { type Queue, survey } from './survey.ts'

type ClaimRequest = Parameters<StateStore['claim']>[0]
type ClaimContext = { request: ClaimRequest; moment: Moment; nextTurn: () => number }

/**
 * Leases jobs: exact in the concurrency of each account and of each key over all queues, fair between accounts (fewest
 * running first, then longest unserved), oldest first within one. Both shown words wait here alike: a job that shows as
 * backlogged because another queue of its account is busy may run as soon as its own queue and the account have room.
 */
export function* claim(request: ClaimRequest, moment: Moment): Script<readonly ClaimedJob[]> {
  yield* endWaits(request, moment)
  const { queues, lastTurn } = yield* survey(request, moment.defaultConcurrency)
  let turn = lastTurn
  const context = { request, moment, nextTurn: () => (turn += 1) }
  const claimed: ClaimedJob[] = []
  for (const queue of queues) claimed.push(...(yield* fillSlots(queue, context)))
  return claimed
}

/** Ends the delays and leases whose time is over; those of living attempts of the caller go on. */
function* endWaits({ running = [], leaseMs }: ClaimRequest, moment: Moment): Script<void> {
  const [woken = [], expired = []] = yield* all([
    statement(statements.WAKE_DELAYED, moment.now),
    statement(statements.HOLD_EXPIRED, moment.now),
  ])
  const accountIds = new Set((woken as { account_id: string }[]).map(({ account_id }) => account_id))
  for (const accountId of accountIds)
    yield* all([statement(accounts.HOLD, accountId), fillRoom(accountId, moment.defaultConcurrency)])
  for (const held of expired as JobRow[]) {
    const lease = running.find((own) => isLeaseOf(own, held))
    if (lease === undefined) yield* expire(held, moment)
    else yield* renew(lease, moment.now + leaseMs)
  }
}

function isLeaseOf({ jobId, owner, attempt }: Lease, held: JobRow): boolean {
  return held.id === jobId && held.lease_owner === owner && held.attempt === attempt
}

/** @param until leases that end at this time or before are over, in milliseconds */
export function* expireLeases(until: number, moment: Moment): Script<void> {
  for (const held of yield* rows<JobRow>(statements.HOLD_EXPIRED, until)) yield* expire(held, moment)
}

/** Deals the slots out and takes the jobs; slots for which an account has no job are dealt again, among the others. */
function* fillSlots(queue: Queue, context: ClaimContext): Script<readonly ClaimedJob[]> {
  const claimed: ClaimedJob[] = []
  let { waiting } = queue
  for (;;) {
    const shares = [...deal(queue.slots - claimed.length, waiting, context.nextTurn)]
    if (shares.length === 0) return claimed
    const held = yield* holdOldest(queue, shares)
    for (const [index, [account, count]] of shares.entries()) {
      const missing = count - (held[index]?.length ?? 0)
      account.used -= missing
      if (missing > 0) waiting = waiting.filter((other) => other !== account)
    }
    claimed.push(...(yield* take(held.flat(), context)))
    yield* all(shares.map(([{ lastClaim, accountId }]) => statement(statements.MARK, lastClaim, accountId)))
  }
}

/**
 * The oldest jobs of each share that may run: of keys without a limit, and of each key with one as far as it has room.
 * Fewer than a share counts: the account has no more.
 */
function* holdOldest(
  { name, keys }: Queue,
  shares: readonly (readonly [Standing, number])[],
): Script<readonly (readonly JobRow[])[]> {
  const wanted = shares.map(([{ accountId }, count]) => [
    statement(statements.HOLD_OLDEST, name, accountId, count),
    ...keys
      .filter((key) => key.accountId === accountId && key.room > 0)
      .map(({ keyId, room }) => statement(statements.HOLD_OLDEST_OF_KEY, name, keyId, Math.min(count, room))),
  ])
  const found = [...((yield* all(wanted.flat())) as readonly (readonly JobRow[])[])]
  return shares.map(([, count], index) => {
    const candidates = found.splice(0, wanted[index]?.length ?? 0).flat()
    const oldest = candidates.sort((a, b) => a.created_at - b.created_at).slice(0, count)
    for (const { key_id, key_limit } of oldest)
      for (const key of keys) if (key_limit !== null && key.keyId === key_id) key.room -= 1
    return oldest
  })
}

/** Leases jobs that are held. */
function* take(held: readonly JobRow[], { request, moment }: ClaimContext): Script<readonly ClaimedJob[]> {
  const expiresAt = moment.now + request.leaseMs
  const taken = yield* all(
    held.map((job) => {
      const opened = openAttempt(job.attempt + 1, job.engine, moment.now)
      const attempts = JSON.stringify(withAttempt(attemptsOf(job), opened))
      return statement(statements.TAKE, opened.number, request.owner, expiresAt, attempts, job.id)
    }),
  )
  return (taken.flat() as JobRow[]).map((row) => ({
    job: toJob(row),
    lease: { jobId: row.id, owner: request.owner, attempt: row.attempt, expiresAt },
  }))
}

/** Milliseconds until a delayed job wakes or a lease ends; 0 when that is past, null when neither exists. */
export function* nextWakeMs(now: number): Script<number | null> {
  type Next = { run_at: number | null; lease_until: number | null }
  const found = yield* row<Next>(statements.NEXT_WAKE)
  const next = Math.min(found?.run_at ?? Infinity, found?.lease_until ?? Infinity)
  return next === Infinity ? null : Math.max(0, next - now)
}
