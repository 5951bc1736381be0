/** Drives one engine through one attempt: journal, the one billable call, polling. */
import type { Admission } from './admission.ts'
import type { AttemptContext } from './attempt.ts'
import type { Engine, EngineResult, EngineStatus, Handle } from './engine.ts'
import { AfterimageError } from './errors.ts'
import type { Attempt } from './job.ts'
import { pause, pauseUntil } from './pause.ts'
import { upstreamFaultOf } from './upstream-fault.ts'

/** Waits between looks for a job whose submit was not answered. */
const RECOVER_PAUSES_MS = [1000, 4000]
/** Upstream jobs take seconds; asking oftener costs their rate limit and gains nothing. */
const POLL_MS = 1000
/** A wish beyond this is a mistake; nobody waits that long for a picture that is ready. */
const MAX_POLL_MS = 60_000

export type RunEngineDeps = {
  engines: ReadonlyMap<string, Engine>
  admission?: Admission
  onInternalError: (error: unknown, jobId: string) => void
}

/**
 * The engine's result.
 * An engine that must not be called twice announces its call, and the journal says `submitting` before it is made,
 * because a crash during it must leave a trace: without one a restart would call, and pay, a second time.
 * @throws AfterimageError whatever the engine throws; `engine_not_configured`, `outcome_unknown`
 */
export async function runEngine(deps: RunEngineDeps, attempt: AttemptContext): Promise<EngineResult> {
  const { job, engine } = attempt
  const { engines, admission } = deps
  if (engine === null)
    throw new AfterimageError(
      'engine_not_configured',
      `The engine ${job.engine}, which this job was planned for, is not configured any more; submit it again. ` +
        `Configured: ${[...engines.keys()].join(', ')}.`,
    )
  const earlier = await findEarlierSubmit(engine, attempt)
  if (earlier !== null) return poll(engine, attempt, { handle: earlier, firstPauseMs: 0 })
  const call = { engine, model: job.input.model, credential: engine.credential?.() ?? null }
  // Before the journal says `submitting`: a worker that dies while it waits has called nobody.
  await admission?.enter(call, attempt.signal)
  try {
    return await submit(engine, attempt, deps)
  } catch (error) {
    admission?.note(call, error)
    throw error
  }
}

/**
 * The handle of an upstream job that may still be there: what an earlier attempt got, or what the engine can find.
 * Null when nothing was submitted since the last attempt that surely failed, and the call may be made.
 */
async function findEarlierSubmit(engine: Engine, attempt: AttemptContext): Promise<Handle | null> {
  const { job, lease } = attempt
  const earlier = job.attempts.filter((entry) => entry.number < lease.attempt && entry.engine === engine.id)
  const open = earlier.slice(earlier.findLastIndex(({ outcome }) => isSettled(outcome)) + 1)
  const known = open.findLast(({ handle }) => handle !== undefined && handle !== null)?.handle
  if (known !== undefined && known !== null && engine.poll !== undefined) return known
  if (engine.isRepeatable || !open.some(isUnanswered)) return null
  const found = await lookFor(engine, attempt)
  if (found !== null) return found
  throw new AfterimageError('outcome_unknown')
}

/** After these a new call may be made: one that surely failed, and one of which the operator said so. */
function isSettled(outcome: Attempt['outcome']): boolean {
  return outcome === 'failed' || outcome === 'unknown'
}

/** An upstream's list may lag behind what it has taken. Null: not there, or there is no way to find it. */
async function lookFor(engine: Engine, attempt: AttemptContext): Promise<Handle | null> {
  const { job, engineContext, signal } = attempt
  if (engine.recover === undefined) return null
  for (const pauseMs of [0, ...RECOVER_PAUSES_MS]) {
    await pause(pauseMs, signal)
    const found = await engine.recover({ jobId: job.id, input: job.input }, engineContext)
    if (found !== null) return found
  }
  return null
}

/**
 * Submitted, and then the worker was gone before it knew the answer. Every call is journalled before it is made, so that
 * a worker which was lost without that had not come so far.
 */
function isUnanswered({ outcome, handle }: Pick<Attempt, 'outcome' | 'handle'>): boolean {
  return outcome === 'submitting' || ((outcome === 'lost' || outcome === null) && (handle ?? null) !== null)
}

async function submit(
  engine: Engine,
  attempt: AttemptContext,
  { onInternalError }: Pick<RunEngineDeps, 'onInternalError'>,
): Promise<EngineResult> {
  const { job, engineContext, signal } = attempt
  signal.throwIfAborted()
  const { handle, status, upstreamId } = await engine
    .submit({ jobId: job.id, input: job.input }, engineContext)
    .catch((error: unknown) => findLost(engine, attempt, error))
  if (!engine.isRepeatable && !attempt.isSubmitting()) {
    // What is paid for is kept; whoever wrote the engine has to hear of it, because a crash would have been paid twice.
    onInternalError(
      new Error(`${engine.id} made its billable call without awaiting announceCall first`),
      job.id,
    )
    await attempt.journal({ outcome: 'submitting' })
  }
  if (status.state === 'completed') return status
  if (handle === null) throw new AfterimageError('engine_failed', `${engine.id} answered without a job id.`)
  await attempt.journal({ outcome: null, handle, upstreamId: upstreamId ?? null })
  return poll(engine, attempt, { handle, firstPauseMs: status.pollAfterMs ?? 0 })
}

/**
 * The answer was lost, but the job may be there. A repeatable engine is simply called again.
 * @throws AfterimageError the error itself when nothing is found
 */
async function findLost(
  engine: Engine,
  attempt: AttemptContext,
  error: unknown,
): Promise<Awaited<ReturnType<Engine['submit']>>> {
  const isLost = upstreamFaultOf(error)?.kind === 'outcome_unknown' && !engine.isRepeatable
  const handle = isLost ? await lookFor(engine, attempt).catch(() => null) : null
  if (handle === null) throw error
  return { handle, status: { state: 'running', status: 'scheduled', progress: null } }
}

async function poll(
  engine: Engine,
  attempt: AttemptContext,
  { handle, firstPauseMs }: { handle: Handle; firstPauseMs: number },
): Promise<EngineResult> {
  const { engineContext, signal } = attempt
  if (engine.poll === undefined) throw new AfterimageError('engine_failed', `${engine.id} cannot be polled.`)
  const onAbort = (): void => void cancelUpstream(engine, attempt, handle)
  // It may have come while the upstream answered the submit.
  if (signal.aborted) onAbort()
  else signal.addEventListener('abort', onAbort, { once: true })
  await pause(firstPauseMs, signal)
  for (;;) {
    const status: EngineStatus = await engine.poll(handle, engineContext)
    if (status.state === 'completed') return status
    if (status.progress !== null) engineContext.onProgress(status.status, status.progress)
    await pauseUntil(status.news, Math.min(status.pollAfterMs ?? POLL_MS, MAX_POLL_MS), signal)
  }
}

/**
 * Best effort: the job ends as the user asked, or at its deadline, whether the upstream agrees or not. A shutdown and a
 * lost lease are no reason: somebody else goes on with the job.
 */
async function cancelUpstream(engine: Engine, attempt: AttemptContext, handle: Handle): Promise<void> {
  const { reason } = attempt.signal as { reason: unknown }
  if (reason !== 'cancelled' && reason !== 'deadline') return
  await engine.cancel?.(handle, attempt.engineContext).catch(() => 'too_late')
}
