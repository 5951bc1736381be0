/** One attempt of a claimed job, from the journal to its terminal state. */
import type { Admission } from './admission.ts'
import type { Engine, EngineResult } from './engine.ts'
import { createAttempt } from './attempt.ts'
import type { AttemptContext, AttemptDeps } from './attempt.ts'
import { finishResult } from './finish-result.ts'
import { runEngine } from './run-engine.ts'
import type { Patience } from './patient-state.ts'
import type { ClaimedJob, StateStore } from './ports.ts'
import { finish, settleFailure } from './settle-failure.ts'
import type { Cost, Output } from './job.ts'
import { stillTrue } from './still-true.ts'
import { discardOutputs, storeOutputs } from './store-outputs.ts'
import { moderateInput, moderateOutputs, type Moderation } from './moderation.ts'
import type { PlanFallbacks } from './plan-fallbacks.ts'
import { revisionOf } from './reuse-result.ts'

/** Why a worker stops an attempt; the `reason` of its signal. */
export type StopReason = 'cancelled' | 'lease_lost' | 'shutdown' | 'deadline'

export type RunJobDeps = AttemptDeps & {
  state: Pick<StateStore, 'saveAttempt' | 'saveProgress' | 'savePreview' | 'finish' | 'release' | 'reroute'>
  engines: ReadonlyMap<string, Engine>
  /** Absent: every engine may be called at any time. */
  admission?: Admission
  /** Who may take over, the first choice first. */
  planFallbacks: PlanFallbacks
  /** Null: everything passes. */
  moderation: Moderation | null
  /** Longest time one attempt on an engine may take, in milliseconds. */
  timeoutMsOf: (engine: string) => number
  /** How long the store of images may be full or away before a result is given up. None by default. */
  patience?: Patience
  /** Whether a call whose answer was lost is made once more, and may then be paid for twice. */
  isUnknownResubmitted: boolean
  /** For the operator's records: a call that may have been paid for, and nobody knows what came of it. */
  onOutcomeUnknown: (entry: {
    jobId: string
    engine: string
    attempt: number
    isResubmitted: boolean
  }) => void
  /** Told of faults that are ours; the job itself only says `internal`. */
  onInternalError: (error: unknown, jobId: string) => void
}

/** `signal` must abort with a StopReason. Never rejects for faults of the job: those end in its state. */
export type RunJob = (claimed: ClaimedJob, signal: AbortSignal) => Promise<void>

export function createRunJob(deps: RunJobDeps): RunJob {
  return async (claimed, outerSignal) => {
    const deadline = new AbortController()
    const timer = setTimeout(
      () => deadline.abort('deadline' satisfies StopReason),
      deps.timeoutMsOf(claimed.job.engine),
    )
    const signal = AbortSignal.any([outerSignal, deadline.signal])
    // Nobody has decided about a picture that is not done.
    const mayShowPreviews = deps.moderation === null
    const attempt = await createAttempt(deps, { ...claimed, signal, mayShowPreviews })
    let spent: Cost | null = null
    try {
      const unchecked = await moderateInput(deps.moderation, attempt)
      const before = await revisionNow(attempt)
      const made = await runEngine(deps, attempt)
      spent = made.cost ?? attempt.job.cost
      const result = await finishResult(deps, attempt, made)
      const after = await revisionNow(attempt)
      const warnings = [...unchecked, ...result.warnings]
      await complete(deps, attempt, { ...result, warnings, revision: before === after ? after : null })
    } catch (error) {
      await settleFailure(deps, attempt, { error, spent })
    } finally {
      clearTimeout(timer)
      await attempt.close()
    }
  }
}

/** Null where it cannot be told: no reason to lose a picture. */
function revisionNow({ engine, job }: AttemptContext): Promise<string | null> {
  return revisionOf(engine, job.model).catch(() => null)
}

async function complete(
  deps: RunJobDeps,
  attempt: AttemptContext,
  result: EngineResult & { revision: string | null },
): Promise<void> {
  const { job, lease } = attempt
  // From here on the work is done and worth keeping: a cancel that comes now is too late.
  const outputs = await storeOutputs(deps, result.outputs)
  const unchecked = await orDiscard(deps, outputs, () =>
    moderateOutputs(deps.moderation, attempt, { ...deps, outputs }),
  )
  const finished = await finish(deps, lease, {
    status: 'completed',
    outputs,
    warnings: [...stillTrue(job.warnings, result.warnings), ...result.warnings, ...unchecked],
    recipe: result.recipe,
    geometry: result.geometry,
    cost: result.cost ?? job.cost,
    revision: result.revision,
  })
  if (finished === null) await discardOutputs(deps, outputs)
}

/** Bytes that were refused, or that nobody decided about, are gone before the job ends. */
async function orDiscard<Result>(
  deps: RunJobDeps,
  outputs: readonly Output[],
  run: () => Promise<Result>,
): Promise<Result> {
  try {
    return await run()
  } catch (error) {
    await discardOutputs(deps, outputs)
    throw error
  }
}
