/** One attempt of a claimed job, from the journal to its terminal state. */
import type { Engine, EngineResult } from './engine.ts'
import type { AfterimageError } from './errors.ts'
import { toAfterimageError } from './errors.ts'
import { createAttempt } from './attempt.ts'
import { dropInputs } from './end-job.ts'
import type { AttemptContext, AttemptDeps } from './attempt.ts'
import { runEngine } from './run-engine.ts'
import type { Job, JobError, Plan } from './job.ts'
import type { ClaimedJob, Lease, Outcome, StateStore } from './ports.ts'
import { retryPauseMs } from './retry-policy.ts'
import { discardOutputs, storeOutputs } from './store-outputs.ts'
import type { PlanFallbacks } from './plan-fallbacks.ts'
import { mayFallBack, maySubmitAgain, upstreamFaultOf } from './upstream-fault.ts'

/** Why a worker stops an attempt; the `reason` of its signal. */
export type StopReason = 'cancelled' | 'lease_lost' | 'shutdown' | 'deadline'

/** When an engine wants to be left alone for longer, another one is asked, if there is one. */
const MAX_PATIENCE_MS = 30_000

export type RunJobDeps = AttemptDeps & {
  state: Pick<StateStore, 'saveAttempt' | 'saveProgress' | 'finish' | 'release' | 'reroute'>
  engines: ReadonlyMap<string, Engine>
  /** Who may take over, the first choice first. */
  planFallbacks: PlanFallbacks
  /** Longest time one attempt may take, in milliseconds. */
  timeoutMs: number
  /** Told of faults that are ours; the job itself only says `internal`. */
  onInternalError: (error: unknown, jobId: string) => void
}

/** `signal` must abort with a StopReason. Never rejects for faults of the job: those end in its state. */
export type RunJob = (claimed: ClaimedJob, signal: AbortSignal) => Promise<void>

export function createRunJob(deps: RunJobDeps): RunJob {
  return async (claimed, outerSignal) => {
    const deadline = new AbortController()
    const timer = setTimeout(() => deadline.abort('deadline' satisfies StopReason), deps.timeoutMs)
    const signal = AbortSignal.any([outerSignal, deadline.signal])
    const attempt = await createAttempt(deps, { ...claimed, signal })
    try {
      const result = await runEngine(deps.engines, attempt)
      await complete(deps, attempt, result)
    } catch (error) {
      await settleFailure(deps, attempt, error)
    } finally {
      clearTimeout(timer)
      await attempt.close()
    }
  }
}

async function complete(deps: RunJobDeps, attempt: AttemptContext, result: EngineResult): Promise<void> {
  const { job, lease } = attempt
  // From here on the work is done and worth keeping: a cancel that comes now is too late.
  const outputs = await storeOutputs(deps, result.outputs)
  const finished = await finish(deps, lease, {
    status: 'completed',
    outputs,
    warnings: [...job.warnings, ...result.warnings],
    recipe: result.recipe,
    geometry: result.geometry,
    cost: result.cost ?? job.cost,
  })
  if (finished === null) await discardOutputs(deps, outputs)
}

async function settleFailure(deps: RunJobDeps, attempt: AttemptContext, thrown: unknown): Promise<void> {
  const { job, lease, signal } = attempt
  const reason: StopReason | null = signal.aborted ? (signal.reason as StopReason) : null
  switch (reason) {
    case 'lease_lost':
      return
    case 'shutdown':
      // An engine that must not be called twice needs this attempt in the journal, so it counts.
      await deps.state.release(lease, {
        runAt: deps.clock.now(),
        error: null,
        isAttemptSpent: attempt.engine?.isRepeatable !== true,
      })
      return
    case 'cancelled':
      await finish(deps, lease, { status: 'cancelled' })
      return
    case 'deadline':
      await finish(deps, lease, failure(job, timeoutError(deps.timeoutMs)))
      return
    case null:
      await failOrRetry(deps, attempt, toAfterimageError(thrown))
  }
}

async function failOrRetry(deps: RunJobDeps, attempt: AttemptContext, error: AfterimageError): Promise<void> {
  const { job, lease } = attempt
  if (error.code === 'internal') deps.onInternalError(error.cause ?? error, job.id)
  const pauseMs = pauseBeforeRetry(attempt, error)
  const fallbacks = pauseMs === null || pauseMs > MAX_PATIENCE_MS ? plansAfter(deps, attempt, error) : []
  if (pauseMs === null && fallbacks.length === 0) {
    await finish(deps, lease, failure(job, toJobError(error)))
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

/** Other engines, where this one surely was not paid and did not refuse what was asked. */
function plansAfter(deps: RunJobDeps, { job }: AttemptContext, error: AfterimageError): readonly Plan[] {
  const fault = upstreamFaultOf(error)
  return fault !== null && mayFallBack(fault) ? deps.planFallbacks(job, error.message) : []
}

function tooDear(error: AfterimageError): JobError {
  const why = 'Other engines could take over, but cost more than was set aside for this job.'
  return { ...toJobError(error), message: `${error.message} ${why}` }
}

/** Null: no further attempt. An engine that must not repeat is called again only when it surely was not paid. */
function pauseBeforeRetry({ engine, job }: AttemptContext, error: AfterimageError): number | null {
  const fault = upstreamFaultOf(error)
  const mayRepeat = engine?.isRepeatable === true || (fault !== null && maySubmitAgain(fault))
  const pauseMs = mayRepeat ? retryPauseMs(error.code, failuresOf(job) + 1) : null
  return pauseMs === null ? null : Math.max(pauseMs, fault?.retryAfterMs ?? 0)
}

/** Earlier attempts of its present engine that failed. One whose worker was lost is no failure of the engine. */
function failuresOf({ engine, attempts }: Job): number {
  return attempts.filter((entry) => entry.engine === engine && entry.outcome === 'failed').length
}

async function finish(deps: RunJobDeps, lease: Lease, outcome: Outcome): Promise<Job | null> {
  const ended = await deps.state.finish(lease, outcome)
  if (ended !== null) await dropInputs(deps.blobs, ended)
  return ended
}

function failure(job: Job, error: JobError): Outcome {
  return { status: 'failed', error, warnings: job.warnings, cost: null }
}

function toJobError({ code, message, isRetryable }: AfterimageError): JobError {
  return { code, message, isRetryable }
}

function timeoutError(timeoutMs: number): JobError {
  const message = `The engine did not finish within ${Math.round(timeoutMs / 1000)} s.`
  return { code: 'engine_timeout', message, isRetryable: true }
}
