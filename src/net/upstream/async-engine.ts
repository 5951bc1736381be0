/** The engine around an adapter whose upstream takes a job and is asked for it until it is done. */
import type { Engine, EngineContext, EngineRequest, EngineStatus, Handle } from '../../core/engine.ts'
import type { Cost, Progress, RunningStatus, Warning } from '../../core/job.ts'
import { mayRepeatCall, upstreamFaultOf } from '../../core/upstream-fault.ts'
import type { AdapterCommon, AdapterRequest, OutgoingCall, Reading } from './adapter.ts'
import type { Answer } from './answer.ts'
import type { UpstreamCall } from './client.ts'
import type { UpstreamEngineOptions } from './engine-options.ts'
import type { EngineParts } from './engine-parts.ts'
import { commonMembers, createParts, prepareRequest, toBillableCall, toResult } from './engine-parts.ts'
import type { FollowCall, SendFree } from './follow.ts'
import { beforeSubmit, follow, PAID_TRIES, QUICK_TRIES, toFollowCall } from './follow.ts'
import { readRetryAfter } from './retry-after.ts'
import type { Verdict } from './verdict.ts'

export type { FollowCall } from './follow.ts'

/** What the vendor needs to find its job again; plain JSON. */
export type UpstreamJob = Readonly<Record<string, unknown>>

export type PollReading =
  | { state: 'running'; status: RunningStatus; progress: Progress | null }
  /** The job is done, and what it made is told elsewhere; `cost` where it is told here. */
  | { state: 'done'; resultCall: FollowCall; cost?: Cost | null }
  | Reading

export type AsyncAdapter<Model> = AdapterCommon<Model> & {
  /**
   * @param send for what must be there before, as uploads
   * @throws AfterimageError for what the vendor would refuse
   */
  toCall: (request: AdapterRequest<Model>, send: SendFree) => OutgoingCall | Promise<OutgoingCall>
  /** `cost` where the upstream says it at once. */
  readSubmit: (
    answer: Answer,
    request: AdapterRequest<Model>,
  ) => { job: UpstreamJob; cost?: Cost | null } | { verdict: Verdict }
  toPoll: (job: UpstreamJob) => FollowCall
  readPoll: (answer: Answer, job: UpstreamJob) => PollReading
  /** Reads the answer of a `resultCall`. */
  readResult?: (answer: Answer, job: UpstreamJob) => PollReading
  /** In order; absent where a job cannot be stopped. */
  toCancel?: (job: UpstreamJob) => FollowCall | readonly FollowCall[]
  /**
   * Finds the job whose submit was not answered; absent where the vendor offers no way.
   * An engine that is repeatable looks before every submit, so that a restart does not make the same image twice.
   */
  recover?: (request: EngineRequest, send: SendFree) => Promise<UpstreamJob | null>
  /** The pause before each poll, in milliseconds, where the vendor wants another than the runner's. */
  pollPauseMs?: number
}

/** Stored in the row: the vendor's part, and what is known since the submit. */
type StoredHandle = { job: UpstreamJob; warnings: readonly Warning[]; cost: Cost | null }

/** The user does not wait for the upstream to agree. */
const CANCEL_MS = 5000
/** Pause after a result whose file could not be fetched for half a minute. */
const FILE_AWAY_MS = 30_000

/** A billable call that answers with an id, then calls that may be repeated; survives a restart in between. */
export function createAsyncEngine<Model>(
  adapter: AsyncAdapter<Model>,
  options: UpstreamEngineOptions,
): Engine {
  const parts = createParts(adapter, options)
  const { toCancel, recover } = adapter
  const find = async (request: EngineRequest, context: EngineContext): Promise<Handle | null> => {
    const job = (await recover?.(request, sendFree(parts, context))) ?? null
    return job === null ? null : ({ job, warnings: [], cost: null } satisfies StoredHandle)
  }
  return {
    ...commonMembers(adapter, parts),
    kind: 'async',
    submit: async (request, context) => {
      const earlier = adapter.isRepeatable === true ? await find(request, context).catch(rethrowUnpaid) : null
      const handle = earlier ?? (await submit(adapter, { parts, request, context }))
      const { id } = (handle as StoredHandle).job
      return {
        handle,
        status: { state: 'running', status: 'scheduled', progress: null, ...pollAfter(adapter.pollPauseMs) },
        ...(typeof id === 'string' ? { upstreamId: id } : {}),
      }
    },
    poll: async (handle, context) => {
      return poll(adapter, { parts, context, stored: handle as StoredHandle })
    },
    ...(recover === undefined ? {} : { recover: find }),
    ...(toCancel === undefined
      ? {}
      : {
          cancel: async (handle: Handle) => {
            // The attempt's own signal has fired by now.
            const signal = AbortSignal.timeout(CANCEL_MS)
            for (const call of [toCancel((handle as StoredHandle).job)].flat())
              await parts.client.send(toFollowCall(call, signal))
            return 'cancelled' as const
          },
        }),
  }
}

type SubmitScene = { parts: EngineParts; request: EngineRequest; context: EngineContext }

async function submit<Model>(
  adapter: AsyncAdapter<Model>,
  { parts, request, context }: SubmitScene,
): Promise<StoredHandle> {
  const prepared = await prepareRequest(adapter, parts, { request, context })
  const outgoing = await Promise.resolve(adapter.toCall(prepared, sendFree(parts, context))).catch(
    rethrowUnpaid,
  )
  const call = toBillableCall(outgoing, { context, prompt: request.input.prompt })
  await context.announceCall()
  const answer = await parts.client.send(call)
  const reading = adapter.readSubmit(answer, prepared)
  if ('verdict' in reading) throw parts.client.reject(call, answer, reading.verdict)
  return { job: reading.job, warnings: outgoing.warnings, cost: reading.cost ?? null }
}

function sendFree(parts: EngineParts, { signal }: EngineContext, maxTries = QUICK_TRIES): SendFree {
  return (call) => follow({ ...parts, signal, maxTries }, call)
}

function rethrowUnpaid(error: unknown): never {
  throw beforeSubmit(error)
}

type PollScene = {
  parts: EngineParts
  context: EngineContext
  stored: StoredHandle
}

async function poll<Model>(adapter: AsyncAdapter<Model>, scene: PollScene): Promise<EngineStatus> {
  const { parts } = scene
  const first = await ask(adapter, scene)
  if ('state' in first.reading) {
    // Only the headers: what the vendor writes about other waits is no answer to this question.
    const hint = readRetryAfter({ headers: first.answer.headers, text: '' }, parts.now())
    return { ...first.reading, ...pollAfter(adapter.pollPauseMs, hint) }
  }
  try {
    return await completeOrRenew(adapter, scene, { ...first, reading: first.reading })
  } catch (error) {
    const fault = upstreamFaultOf(error)
    // A verdict about the job speaks of its submit, and is final.
    if (adapter.isRepeatable === true || fault === null || !mayRepeatCall(fault)) throw error
    // It is paid for, and its file may come back or get another address: asked for again until the deadline.
    return { state: 'running', status: 'processing', progress: null, pollAfterMs: FILE_AWAY_MS }
  }
}

async function completeOrRenew<Model>(
  adapter: AsyncAdapter<Model>,
  scene: PollScene,
  first: Asked<Reading>,
): Promise<EngineStatus> {
  try {
    return await complete(first.reading, first, scene)
  } catch (error) {
    const renewed = await renew(adapter, scene, first.reading)
    if (renewed === null) throw error
    return complete(renewed.reading, renewed, scene)
  }
}

/** The longer of what the vendor documents and what it answered. */
function pollAfter(documentedMs: number | undefined, hintMs: number | null = null): { pollAfterMs?: number } {
  if (documentedMs === undefined && hintMs === null) return {}
  return { pollAfterMs: Math.max(documentedMs ?? 0, hintMs ?? 0) }
}

type Asked<Found> = { reading: Found; answer: Answer; call: UpstreamCall; cost: Cost | null }
type Running = Extract<PollReading, { state: 'running' }>

/** How the job stands; for one that is done, what it made. */
async function ask<Model>(
  adapter: AsyncAdapter<Model>,
  { parts, context, stored }: PollScene,
): Promise<Asked<Reading | Running>> {
  // An engine that may run again is at home: what it made costs nothing, and nobody waits long for a machine that is off.
  const send = sendFree(parts, context, adapter.isRepeatable === true ? QUICK_TRIES : PAID_TRIES)
  let free = adapter.toPoll(stored.job)
  let answer = await send(free)
  let reading = adapter.readPoll(answer, stored.job)
  let cost = stored.cost
  if ('state' in reading && reading.state === 'done') {
    cost = reading.cost ?? cost
    free = reading.resultCall
    answer = await send(free)
    reading = adapter.readResult?.(answer, stored.job) ?? adapter.readPoll(answer, stored.job)
  }
  const call = toFollowCall(free, context.signal)
  if ('state' in reading && reading.state === 'done')
    throw parts.client.reject(call, answer, { kind: 'bad_response', message: 'the result names no image' })
  return { reading, answer, call, cost }
}

async function complete(
  reading: Reading,
  { answer, call, cost }: Omit<Asked<Reading>, 'reading'>,
  { parts, context, stored: { warnings } }: PollScene,
): Promise<EngineStatus> {
  const maxDownloadTries = QUICK_TRIES
  const result = await toResult(reading, { parts, context, call, answer, warnings, maxDownloadTries })
  return { state: 'completed', ...result, cost: result.cost ?? cost }
}

/** Asks again for a result that could not be fetched: some vendors give a new address each time. Null: the same one. */
async function renew<Model>(
  adapter: AsyncAdapter<Model>,
  scene: PollScene,
  earlier: Reading,
): Promise<Asked<Reading> | null> {
  if (scene.context.signal.aborted || addressesOf(earlier).length === 0) return null
  const asked = await ask(adapter, scene).catch(() => null)
  if (asked === null || 'state' in asked.reading) return null
  const addresses = addressesOf(asked.reading)
  const isNew = addresses.length > 0 && !addresses.some((url) => addressesOf(earlier).includes(url))
  return isNew ? { ...asked, reading: asked.reading } : null
}

function addressesOf(reading: Reading): string[] {
  return 'verdict' in reading ? [] : reading.images.flatMap((image) => ('url' in image ? image.url : []))
}
