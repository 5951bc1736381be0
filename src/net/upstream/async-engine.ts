/** The engine around an adapter whose upstream takes a job and is asked for it until it is done. */
import type { Engine, EngineContext, EngineStatus, Handle } from '../../core/engine.ts'
import type { Cost, Progress, RunningStatus, Warning } from '../../core/job.ts'
import { pause } from '../../core/pause.ts'
import { mayRepeatCall, upstreamFaultOf } from '../../core/upstream-fault.ts'
import type { Adapter, AdapterRequest, Reading } from './adapter.ts'
import type { Answer } from './answer.ts'
import type { UpstreamCall } from './client.ts'
import type { UpstreamEngineOptions } from './engine-options.ts'
import type { EngineParts } from './engine-parts.ts'
import { commonMembers, createParts, prepareRequest, toBillableCall, toResult } from './engine-parts.ts'
import type { Verdict } from './verdict.ts'

/** What the vendor needs to find its job again; plain JSON. */
export type UpstreamJob = Readonly<Record<string, unknown>>

/** A call that costs nothing: a poll, a cancel, the fetch of a result's description. */
export type FollowCall = Pick<UpstreamCall, 'path' | 'headers'> & { method?: UpstreamCall['method'] }

export type PollReading =
  | { state: 'running'; status: RunningStatus; progress: Progress | null }
  /** The job is done, and what it made is told elsewhere. */
  | { state: 'done'; resultCall: FollowCall }
  | Reading

export type AsyncAdapter<Model> = Adapter<Model> & {
  /** `cost` where the upstream says it at once. */
  readSubmit: (
    answer: Answer,
    request: AdapterRequest<Model>,
  ) => { job: UpstreamJob; cost?: Cost | null } | { verdict: Verdict }
  toPoll: (job: UpstreamJob) => FollowCall
  readPoll: (answer: Answer, job: UpstreamJob) => PollReading
  /** Reads the answer of a `resultCall`. */
  readResult?: (answer: Answer, job: UpstreamJob) => Reading
  /** Absent where a job cannot be stopped. */
  toCancel?: (job: UpstreamJob) => FollowCall
  /** Waits before each poll, in milliseconds, where the vendor wants more than the runner's pause. */
  pollPauseMs?: number
}

/** Stored in the row: the vendor's part, and what is known since the submit. */
type StoredHandle = { job: UpstreamJob; warnings: readonly Warning[]; cost: Cost | null }

/** In a row; a server that restarts is back within the half minute that they take. */
const MAX_FOLLOW_TRIES = 6
const FIRST_PAUSE_MS = 500
const MAX_PAUSE_MS = 30_000
/** The user does not wait for the upstream to agree. */
const CANCEL_MS = 5000

/** A billable call that answers with an id, then calls that may be repeated; survives a restart in between. */
export function createAsyncEngine<Model>(
  adapter: AsyncAdapter<Model>,
  options: UpstreamEngineOptions,
): Engine {
  const parts = createParts(adapter, options)
  const wait = options.pause ?? pause
  const { toCancel } = adapter
  return {
    ...commonMembers(adapter, parts),
    kind: 'async',
    submit: async (job, context) => {
      const request = await prepareRequest(adapter, parts, { request: job, context })
      const outgoing = await adapter.toCall(request)
      const call = toBillableCall(outgoing, { context, prompt: job.input.prompt })
      const answer = await parts.client.send(call)
      const reading = adapter.readSubmit(answer, request)
      if ('verdict' in reading) throw parts.client.reject(call, answer, reading.verdict)
      const stored: StoredHandle = {
        job: reading.job,
        warnings: outgoing.warnings,
        cost: reading.cost ?? null,
      }
      return { handle: stored, status: { state: 'running', status: 'scheduled', progress: null } }
    },
    poll: async (handle, context) => {
      if (adapter.pollPauseMs !== undefined) await wait(adapter.pollPauseMs, context.signal)
      return poll(adapter, { parts, context, wait, stored: handle as StoredHandle })
    },
    ...(toCancel === undefined
      ? {}
      : {
          cancel: async (handle: Handle) => {
            // The attempt's own signal has fired by now.
            const signal = AbortSignal.timeout(CANCEL_MS)
            await parts.client.send(toCall(toCancel((handle as StoredHandle).job), signal))
            return 'cancelled' as const
          },
        }),
  }
}

type PollScene = {
  parts: EngineParts
  context: EngineContext
  wait: (ms: number, signal: AbortSignal) => Promise<void>
  stored: StoredHandle
}

async function poll<Model>(adapter: AsyncAdapter<Model>, scene: PollScene): Promise<EngineStatus> {
  const { parts, context, stored } = scene
  let call = toCall(adapter.toPoll(stored.job), context.signal)
  let answer = await follow(scene, call)
  let reading = adapter.readPoll(answer, stored.job)
  if ('state' in reading && reading.state === 'done') {
    call = toCall(reading.resultCall, context.signal)
    answer = await follow(scene, call)
    reading = adapter.readResult?.(answer, stored.job) ?? adapter.readPoll(answer, stored.job)
  }
  if ('state' in reading) {
    if (reading.state === 'running') return reading
    throw parts.client.reject(call, answer, { kind: 'bad_response', message: 'the result names no image' })
  }
  const { warnings } = stored
  const result = await toResult(reading, { parts, context, call, answer, warnings })
  return { state: 'completed', ...result, cost: result.cost ?? stored.cost }
}

/** Repeats what may be repeated: the job behind it is paid for, and a restart of the vendor's server passes. */
async function follow({ parts, wait, context }: PollScene, call: UpstreamCall): Promise<Answer> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await parts.client.send(call)
    } catch (error) {
      const fault = upstreamFaultOf(error)
      if (fault === null || !mayRepeatCall(fault) || attempt === MAX_FOLLOW_TRIES) throw error
      const ownPause = FIRST_PAUSE_MS * 2 ** (attempt - 1)
      await wait(Math.min(Math.max(fault.retryAfterMs ?? 0, ownPause), MAX_PAUSE_MS), context.signal)
    }
  }
}

function toCall({ path, headers, method = 'GET' }: FollowCall, signal: AbortSignal): UpstreamCall {
  return { method, path, isBillable: false, signal, ...(headers === undefined ? {} : { headers }) }
}
