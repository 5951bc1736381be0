/** What a worker may do to the job it leases. Every write is fenced by owner and attempt number. */
import { ERROR_CODES } from '../core/errors.ts'
import type { Attempt, Job, JobError, JobStatus, Output, Progress, RunningStatus } from '../core/job.ts'
import type { Lease, Outcome, StateStore } from '../core/ports.ts'
import { endJob, publish, returnJob, withoutPreview } from './end-job.ts'
import { attemptsOf, type JobRow, outputsOf, toJob, toJson } from './job-row.ts'
import { type AttemptOutcome, closeAttempt, lostOutcome, withAttempt } from './journal.ts'
import { all, row, rows, type Script, statement } from './script.ts'
import * as jobs from './statements/jobs.ts'

export type QueueRules = {
  /** Tries that ended in a fault, after which a job fails instead of going back. A lost lease is no such try. */
  maxAttempts: number
  /** Running jobs of an account that has no setting of its own. */
  defaultConcurrency: number
}
/** A moment and the rules that hold in it. */
export type Moment = QueueRules & { now: number }

export const LEASE_EXPIRED: JobError = {
  code: 'lease_expired',
  message: ERROR_CODES.lease_expired.title,
  isRetryable: ERROR_CODES.lease_expired.isRetryable,
}

/** The row of a leased job, kept to this transaction; null when the lease is lost. */
export function* hold(lease: Lease): Script<JobRow | null> {
  return yield* row<JobRow>(jobs.HOLD_LEASED, lease.jobId, lease.owner, lease.attempt)
}

/** Moves the end of the lease, in milliseconds since the epoch. Null when it is lost. */
export function* renew(lease: Lease, until: number): Script<{ isCancelRequested: boolean } | null> {
  const { jobId, owner, attempt } = lease
  const renewed = yield* row<{ cancel_requested: number }>(jobs.RENEW, until, jobId, owner, attempt)
  return renewed === null ? null : { isCancelRequested: renewed.cancel_requested === 1 }
}

export function* saveProgress(
  lease: Lease,
  status: RunningStatus,
  progress: Progress | null,
): Script<boolean> {
  const { jobId, owner, attempt } = lease
  return (yield* row(jobs.SAVE_PROGRESS, toJson(progress), status, jobId, owner, attempt)) !== null
}

/** Only the newest is a file. */
export function* savePreview(lease: Lease, preview: Output): Script<boolean> {
  const held = yield* hold(lease)
  if (held === null) return false
  const terms = { accountId: held.account_id, expiresAt: null, isPreview: true }
  yield* all([
    statement(jobs.SAVE_PREVIEW, JSON.stringify(preview), held.id),
    publish(preview, terms),
    ...withoutPreview(held),
  ])
  return true
}

/** Replaces the journal entry of the lease's own attempt; entries of earlier attempts cannot be reached. */
export function* saveAttempt(lease: Lease, attempt: Attempt): Script<boolean> {
  const held = yield* hold(lease)
  if (held === null) return false
  const journal = withAttempt(attemptsOf(held), { ...attempt, number: lease.attempt })
  yield* rows(jobs.SAVE_ATTEMPTS, JSON.stringify(journal), held.id)
  return true
}

/** Ends the job. A repeated call with the same result answers the stored job. */
export function* finish(lease: Lease, outcome: Outcome, moment: Moment): Script<Job | null> {
  const held = yield* hold(lease)
  if (held === null) return yield* findFinished(lease, outcome)
  const attempts = closeAttempt(attemptsOf(held), {
    number: lease.attempt,
    endedAt: moment.now,
    outcome: attemptOutcome(outcome),
    isFinal: true,
    error: outcome.status === 'failed' ? outcome.error.message : null,
  })
  return yield* endJob(held, { ...moment, outcome, attempts, finishedBy: lease.owner })
}

function attemptOutcome(outcome: Outcome): AttemptOutcome {
  const isUnknown = outcome.status === 'failed' && outcome.error.code === 'outcome_unknown'
  return isUnknown ? 'unknown' : outcome.status
}

/** The commit of a finish may have succeeded although its answer was lost: the very same result is accepted again. */
function* findFinished(lease: Lease, outcome: Outcome): Script<Job | null> {
  const found = yield* row<JobRow>(jobs.GET, lease.jobId)
  const isSame =
    found?.phase === 'ended' &&
    found.lease_owner === lease.owner &&
    found.attempt === lease.attempt &&
    found.status === outcome.status &&
    fileIds(outputsOf(found)) === fileIds(outcome.status === 'completed' ? outcome.outputs : [])
  return isSame && found !== null ? toJob(found) : null
}

function fileIds(outputs: readonly { fileId: string }[]): string {
  return outputs.map(({ fileId }) => fileId).join(' ')
}

/** Gives the job back: cancelled if that was asked for, failed when no try is left, else queued again. */
export function* release(
  lease: Lease,
  options: Parameters<StateStore['release']>[1],
  moment: Moment,
): Script<JobStatus | null> {
  const held = yield* hold(lease)
  if (held === null) return null
  return yield* giveBack(held, {
    ...moment,
    runAt: options.runAt > moment.now ? options.runAt : null,
    spent: options.isAttemptSpent ? held.spent : held.spent - 1,
    error: options.error ?? LEASE_EXPIRED,
    close: (isFinal) =>
      closeAttempt(attemptsOf(held), {
        number: lease.attempt,
        endedAt: moment.now,
        outcome: options.error === null ? 'cancelled' : 'failed',
        isFinal,
        error: options.error?.message ?? null,
      }),
  })
}

/**
 * Losses after which a job fails: nothing but the job itself can be why so many workers died with it.
 * Below that a loss costs no try: a process that is killed again and again must not fail the jobs it happened to run.
 */
export const MAX_LOSSES = 50
/** Losses after which a job waits before it goes back, so that one that kills its worker does not stay at the head. */
const FREE_LOSSES = 3
const MAX_LOSS_PAUSE_MS = 30_000

/** Takes the job from a worker that stopped its heartbeat. The caller holds it. */
export function* expire(held: JobRow, moment: Moment): Script<JobStatus> {
  const attempts = attemptsOf(held)
  const losses = attempts.filter(({ outcome }) => outcome === 'lost' || outcome === 'submitting').length + 1
  return yield* giveBack(held, {
    ...moment,
    runAt: losses <= FREE_LOSSES ? null : moment.now + lossPauseMs(losses),
    spent: losses < MAX_LOSSES ? held.spent - 1 : moment.maxAttempts,
    error: LEASE_EXPIRED,
    close: (isFinal) =>
      closeAttempt(attempts, {
        number: held.attempt,
        endedAt: moment.now,
        outcome: isFinal ? lostOutcome(attempts, held.attempt) : 'lost',
        isFinal,
      }),
  })
}

function lossPauseMs(losses: number): number {
  return Math.min(MAX_LOSS_PAUSE_MS, 250 * 2 ** (losses - FREE_LOSSES - 1))
}

export type Return = Moment & {
  runAt: number | null
  spent: number
  /** Why the job fails when no try is left. */
  error: JobError
  close: (isFinal: boolean) => readonly Attempt[]
}

/** Cancelled if that was asked for, failed when no try is left, else queued again. The caller holds it. */
export function* giveBack(held: JobRow, how: Return): Script<JobStatus> {
  const outcome = outcomeOfReturn(held, how)
  if (outcome === null) {
    yield* returnJob(held, { ...how, attempts: how.close(false) })
    return 'queued'
  }
  yield* endJob(held, { ...how, outcome, attempts: how.close(true), finishedBy: null })
  return outcome.status
}

/** A cancel comes before everything: a job that its owner gave up must not run again. Null: it goes back. */
function outcomeOfReturn(held: JobRow, how: Return): Outcome | null {
  if (held.cancel_requested === 1) return { status: 'cancelled' }
  if (how.spent < how.maxAttempts) return null
  return { status: 'failed', error: how.error, warnings: [], cost: null }
}
