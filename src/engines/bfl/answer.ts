/** From answers of Black Forest Labs' API to a job, its state, its image or a verdict. */
import { z } from 'zod'
import type { Cost } from '../../core/job.ts'
import type { Answer } from '../../net/upstream/answer.ts'
import type { PollReading, UpstreamJob } from '../../net/upstream/async-engine.ts'
import { toCost } from '../../net/upstream/cost.ts'
import type { Verdict } from '../../net/upstream/verdict.ts'

/** What is only told on the side never costs the paid job: in another form it is as if it were not told. */
const SUBMITTED = z.object({
  id: z.string().min(1),
  polling_url: z.string().min(1).nullish(),
  /** US cents. */
  cost: z.number().nonnegative().nullish().catch(null),
})
const TASK = z.object({
  status: z.string(),
  result: z.object({ sample: z.string().min(1).optional() }).nullish(),
  progress: z.number().nullish().catch(null),
})
const FAULT = z.object({
  detail: z.union([
    z.string(),
    z.array(z.object({ loc: z.array(z.union([z.string(), z.number()])), msg: z.string() })).min(1),
  ]),
})

const MICRO_USD_PER_CENT = 10_000
/** A task is not known everywhere in its first seconds; later the same word means that it has expired. */
const UNKNOWN_MS = 15_000
const REFUSALS: Readonly<Record<string, string>> = {
  'Request Moderated': 'request_moderated',
  'Content Moderated': 'content_moderated',
}
const MALFORMED: Verdict = { kind: 'bad_response', message: 'the answer has another form than documented' }

/** Errors of validation name the field; the status says the rest. */
export function readBflVerdict({ json }: Answer): Verdict | null {
  const parsed = FAULT.safeParse(json)
  if (!parsed.success) return null
  const { detail } = parsed.data
  if (typeof detail === 'string') return { message: detail }
  const [first] = detail
  return { param: first?.loc.filter((part) => part !== 'body').join('.'), message: first?.msg }
}

/** @param now milliseconds since the epoch */
export function readBflSubmit(
  { json }: Answer,
  now: number,
): { job: UpstreamJob; cost: Cost | null } | { verdict: Verdict } {
  const parsed = SUBMITTED.safeParse(json)
  if (!parsed.success) return { verdict: MALFORMED }
  const { id, polling_url: pollingUrl, cost } = parsed.data
  return {
    job: { id, pollingUrl: pollingUrl ?? null, submittedAt: now },
    cost: typeof cost === 'number' ? toCost(cost * MICRO_USD_PER_CENT, 'reported') : null,
  }
}

/** The address differs between regions, so the one that the submit named is used; the client checks its host. */
export function toBflPoll({ id, pollingUrl }: UpstreamJob): { path: string } {
  return {
    path: typeof pollingUrl === 'string' ? pollingUrl : `/get_result?id=${encodeURIComponent(String(id))}`,
  }
}

/** @param now milliseconds since the epoch */
export function readBflPoll({ json }: Answer, { submittedAt }: UpstreamJob, now: number): PollReading {
  const parsed = TASK.safeParse(json)
  if (!parsed.success) return { verdict: MALFORMED }
  const { status, result, progress } = parsed.data
  const refusal = Object.hasOwn(REFUSALS, status) ? REFUSALS[status] : undefined
  if (refusal !== undefined) return { verdict: { kind: 'refused', code: refusal } }
  if (status === 'Error') return { verdict: { kind: 'transient', code: 'error' } }
  if (status === 'Ready')
    return { images: typeof result?.sample === 'string' ? [{ url: result.sample }] : [], cost: null }
  if (status === 'Task not found' && now - Number(submittedAt) > UNKNOWN_MS)
    return { verdict: { kind: 'bad_response', code: 'task_not_found', message: 'the job has expired there' } }
  // Words that are new to us count as running too: the job is paid for.
  return { state: 'running', status: 'sampling', progress: toProgress(progress) }
}

function toProgress(
  share: number | null | undefined,
): { stage: string; percent: number; etaMs: null } | null {
  if (typeof share !== 'number') return null
  return { stage: 'sampling', percent: Math.round(100 * Math.min(Math.max(share, 0), 1)), etaMs: null }
}
