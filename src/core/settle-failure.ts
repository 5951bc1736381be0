/** What becomes of a job whose attempt did not make the image: another try, another engine, or its end. */
import type { AttemptContext } from './attempt.ts'
import { dropInputs } from './end-job.ts'
import type { AfterimageError, ErrorCode } from './errors.ts'
import { isAfterimageError, toAfterimageError } from './errors.ts'
import type { Cost, Job, JobError, Plan } from './job.ts'
import type { Lease, Outcome } from './ports.ts'
import { retryPauseMs } from './retry-policy.ts'
import type { RunJobDeps, StopReason } from './run-job.ts'
import type { UpstreamFault } from './upstream-fault.ts'
import { mayFallBack, maySubmitAgain, upstreamFaultOf } from './upstream-fault.ts'

/** When an engine wants to be left alone for longer, another one is asked, if there is one. */
const MAX_PATIENCE_MS = 30_000
const MODERATED: ReadonlySet<ErrorCode> = new Set(['content_rejected', 'moderation_unavailable'])

/** A client that submits again what is retryable would buy the picture twice. */
const NOT_AGAIN = { isRetryable: false } as const

type Failure = {
  error: unknown
  /** What the engine took for what it made; null when it made nothing. */
  spent: Cost | null
}

export async function settleFailure(
  deps: RunJobDeps,
  attempt: AttemptContext,
  { error: thrown, spent }: Failure,
): Promise<void> {
  const { job, lease, signal } = attempt
  const reason = isVerdictOnResult(thrown, spent) ? lostLease(signal) : reasonOf(signal)
  switch (reason) {
    case 'lease_lost':
      return
    case 'shutdown':
      // Like a lost worker: a server that is restarted again and again must not fail what it ran. The journal, not the
      // count of tries, keeps an engine from being called twice.
      await deps.state.release(lease, { runAt: deps.clock.now(), error: null, isAttemptSpent: false })
      return
    case 'cancelled':
      await finish(deps, lease, { status: 'cancelled', mayBePaid: spent !== null || attempt.isSubmitting() })
      return
    case 'deadline': {
      const mayBePaid = spent !== null || attempt.mayBePaid()
      const error = { ...timeoutError(deps.timeoutMsOf(job.engine)), ...(mayBePaid ? NOT_AGAIN : {}) }
      await finish(deps, lease, { ...failure(job, error), cost: spent ?? (mayBePaid ? job.cost : null) })
      return
    }
    case null:
      await failOrRetry(deps, attempt, { error: toAfterimageError(thrown), spent })
  }
}

function reasonOf(signal: AbortSignal): StopReason | null {
  return signal.aborted ? (signal.reason as StopReason) : null
}

function lostLease(signal: AbortSignal): StopReason | null {
  const reason = reasonOf(signal)
  return reason === 'lease_lost' ? reason : null
}

/** What was made and paid for, and then refused, is not to be made again because the server was stopped meanwhile. */
function isVerdictOnResult(thrown: unknown, spent: Cost | null): boolean {
  return spent !== null && isAfterimageError(thrown) && MODERATED.has(thrown.code)
}

async function failOrRetry(
  deps: RunJobDeps,
  attempt: AttemptContext,
  { error, spent }: { error: AfterimageError; spent: Cost | null },
): Promise<void> {
  const { job, lease } = attempt
  if (error.code === 'internal') deps.onInternalError(error.cause ?? error, job.id)
  if (error.code === 'outcome_unknown' && attempt.engine?.isRepeatable !== true)
    return settleUnknown(deps, attempt, error)
  const cost = spent ?? costOfFault(job, upstreamFaultOf(error))
  const pauseMs = pauseBeforeRetry(attempt, error)
  const fallbacks = pauseMs === null || pauseMs > MAX_PATIENCE_MS ? plansAfter(deps, attempt, error) : []
  if (pauseMs === null && fallbacks.length === 0) {
    await finish(deps, lease, { ...failure(job, toFinalError(attempt, error)), cost })
    return
  }
  const endedAt = deps.clock.now()
  // Else `submitting` would stay in the journal, and the next attempt would take this one for an unanswered call.
  await attempt.journal({ outcome: 'failed', endedAt, error: error.message })
  for (const plan of fallbacks)
    if ((await deps.state.reroute(lease, { plan, error: toJobError(error) })) !== 'too_dear') return
  if (pauseMs === null) {
    await finish(deps, lease, failure(job, tooDear(error)))
    return
  }
  await deps.state.release(lease, {
    runAt: endedAt + pauseMs,
    error: toJobError(error),
    isAttemptSpent: true,
  })
}

/**
 * What an upstream took for a job that it did not make: its price where it says that it charged, or may have, and where
 * nothing is known of the price, that. Null: it surely took nothing.
 */
function costOfFault(job: Job, fault: UpstreamFault | null): Cost | null {
  return fault === null || fault.charged === 'no' ? null : job.cost
}

/** Other engines, where this one surely was not paid and did not refuse what was asked. */
function plansAfter(deps: RunJobDeps, { job }: AttemptContext, error: AfterimageError): readonly Plan[] {
  const fault = upstreamFaultOf(error)
  return fault !== null && mayFallBack(fault) ? deps.planFallbacks(job, error.message) : []
}

function tooDear(error: AfterimageError): JobError {
  const why = 'Other engines could take over, but cost more than was set aside for this job.'
  return { ...toJobError(error), message: `${error.message} ${why}` }
}

/**
 * A call that may have been paid for. Nothing is known of it, so it is not made again, unless the operator would rather
 * pay twice than go without; and then once.
 */
async function settleUnknown(
  deps: RunJobDeps,
  attempt: AttemptContext,
  error: AfterimageError,
): Promise<void> {
  const { job, lease } = attempt
  const isFirst = !job.attempts.some(({ outcome }) => outcome === 'unknown')
  const isResubmitted = deps.isUnknownResubmitted && isFirst
  deps.onOutcomeUnknown({ jobId: job.id, engine: job.engine, attempt: lease.attempt, isResubmitted })
  if (!isResubmitted) {
    await finish(deps, lease, failure(job, toJobError(error)))
    return
  }
  const endedAt = deps.clock.now()
  await attempt.journal({ outcome: 'unknown', endedAt, error: error.message })
  await deps.state.release(lease, { runAt: endedAt, error: toJobError(error), isAttemptSpent: true })
}

/** Null: no further attempt. An engine that must not repeat is called again only when it surely was not paid. */
function pauseBeforeRetry({ engine, job }: AttemptContext, error: AfterimageError): number | null {
  const fault = upstreamFaultOf(error)
  const isRepeatable = engine?.isRepeatable === true
  const mayRepeat = isRepeatable || (fault !== null && maySubmitAgain(fault))
  const code = isRepeatable && isLost(fault) ? 'engine_crashed' : error.code
  const pauseMs = mayRepeat ? retryPauseMs(code, failuresOf(job) + 1) : null
  return pauseMs === null ? null : Math.max(pauseMs, fault?.retryAfterMs ?? 0)
}

/** The job was taken and then was gone: a crash of the engine, as far as one that may run again is concerned. */
function isLost(fault: UpstreamFault | null): boolean {
  if (fault === null || fault.charged === 'no') return false
  return fault.kind === 'outcome_unknown' || fault.kind === 'not_found'
}

/** Earlier attempts of its present engine that failed. One whose worker was lost is no failure of the engine. */
function failuresOf({ engine, attempts }: Job): number {
  return attempts.filter((entry) => entry.engine === engine && entry.outcome === 'failed').length
}

/** Null when the lease is lost. */
export async function finish(deps: RunJobDeps, lease: Lease, outcome: Outcome): Promise<Job | null> {
  const ended = await deps.state.finish(lease, outcome)
  if (ended !== null) await dropInputs(deps.blobs, ended)
  return ended
}

function failure(job: Job, error: JobError): Outcome & { status: 'failed' } {
  return { status: 'failed', error, warnings: job.warnings, cost: null }
}

function toJobError({ code, message, isRetryable }: AfterimageError): JobError {
  return { code, message, isRetryable }
}

/** A picture that may be paid for, and only could not be fetched, is not to be submitted again without a thought. */
function toFinalError({ engine }: AttemptContext, error: AfterimageError): JobError {
  const fault = upstreamFaultOf(error)
  const mayBePaid = engine?.isRepeatable !== true && fault !== null && fault.charged !== 'no'
  if (!mayBePaid || fault.call !== 'follow') return toJobError(error)
  return {
    ...toJobError(error),
    code: error.code === 'unavailable' ? 'engine_failed' : error.code,
    ...NOT_AGAIN,
  }
}

function timeoutError(timeoutMs: number): JobError {
  const message = `The engine did not finish within ${Math.round(timeoutMs / 1000)} s.`
  return { code: 'engine_timeout', message, isRetryable: true }
}
