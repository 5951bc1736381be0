/** From answers of fal's queue to a job, progress, images or a verdict. */
import { z } from 'zod'
import type { Reading } from '../../net/upstream/adapter.ts'
import type { Answer } from '../../net/upstream/answer.ts'
import type { PollReading, UpstreamJob } from '../../net/upstream/async-engine.ts'
import { percentIn } from '../../net/upstream/log-progress.ts'
import type { Verdict } from '../../net/upstream/verdict.ts'

/** The addresses are used as they come: they cannot be built from the id. */
const SUBMITTED = z.object({
  request_id: z.string().min(1),
  status_url: z.string().min(1),
  response_url: z.string().min(1),
  cancel_url: z.string().min(1),
})
const STATUS = z.object({
  status: z.enum(['IN_QUEUE', 'IN_PROGRESS', 'COMPLETED']),
  logs: z.array(z.object({ message: z.string() })).nullish(),
  error: z.string().nullish(),
  error_type: z.string().nullish(),
})
const IMAGE = z.object({ url: z.string().min(1) })
const RESULT = z.object({
  images: z.array(IMAGE).optional(),
  /** Of endpoints that make one. */
  image: IMAGE.optional(),
  has_nsfw_concepts: z.array(z.boolean()).nullish(),
})
const COMPLAINT = z.object({
  loc: z.array(z.union([z.string(), z.number()])).optional(),
  msg: z.string().optional(),
  type: z.string().optional(),
})
const FAULT = z.object({ detail: z.union([z.string(), z.array(COMPLAINT)]) })

const REFUSALS = new Set(['content_policy_violation', 'moderation_blocked'])
const NO_CREDIT = /exhausted balance|insufficient (?:balance|credit)/iu

/** An account without credit is told in a 403 like a wrong key, a refusal in a 422 like a wrong field. */
export function readFalVerdict({ status, json }: Answer): Verdict | null {
  const parsed = FAULT.safeParse(json)
  if (!parsed.success) return null
  const { detail } = parsed.data
  if (typeof detail === 'string')
    return {
      message: detail,
      ...(status === 403 && NO_CREDIT.test(detail) ? { kind: 'quota' as const } : {}),
    }
  const [first] = detail
  const refusal = detail.find(({ type }) => REFUSALS.has(type ?? ''))
  const evidence: Verdict = {
    code: (refusal ?? first)?.type,
    param: first?.loc?.at(-1),
    message: first?.msg,
  }
  return refusal === undefined ? evidence : { ...evidence, kind: 'refused' }
}

export function readFalSubmit({ json }: Answer): { job: UpstreamJob } | { verdict: Verdict } {
  const parsed = SUBMITTED.safeParse(json)
  if (!parsed.success)
    return { verdict: { kind: 'bad_response', message: 'the answer names no request and no addresses' } }
  const {
    request_id: id,
    status_url: statusUrl,
    response_url: resultUrl,
    cancel_url: cancelUrl,
  } = parsed.data
  return { job: { id, statusUrl, resultUrl, cancelUrl } }
}

/** `COMPLETED` says that it ended, not that it went well. */
export function readFalPoll({ json }: Answer, job: UpstreamJob): PollReading {
  const parsed = STATUS.safeParse(json)
  if (!parsed.success) return { verdict: { kind: 'bad_response', message: 'the status is not one of three' } }
  const { status, logs, error, error_type: code } = parsed.data
  if (status === 'IN_QUEUE')
    return { state: 'running', status: 'scheduled', progress: { stage: 'queued', percent: 0, etaMs: null } }
  if (status === 'IN_PROGRESS') {
    const percent = percentIn((logs ?? []).map(({ message }) => message).join('\n'))
    const progress = { stage: 'sampling', percent: percent ?? 0, etaMs: null }
    return { state: 'running', status: percent === null ? 'processing' : 'sampling', progress }
  }
  // The vendor documents that failures of its own machines are not billed, and an error at this place is one of
  // those; a refusal comes with the result.
  if (typeof error === 'string')
    return { verdict: { kind: 'transient', charged: 'no', code, message: error } }
  return { state: 'done', resultCall: { path: String(job.resultUrl) } }
}

export function readFalResult({ json }: Answer): Reading {
  const parsed = RESULT.safeParse(json)
  if (!parsed.success) return { verdict: { kind: 'bad_response', message: 'the result has another form' } }
  const { images = [], image, has_nsfw_concepts: flags } = parsed.data
  const all = image === undefined ? images : [image, ...images]
  // A flagged picture comes as a black square.
  const clean = all.filter((_, index) => flags?.[index] !== true)
  if (clean.length === 0 && all.length > 0)
    return { verdict: { kind: 'refused', charged: 'yes', code: 'has_nsfw_concepts' } }
  return { images: clean.map(({ url }) => ({ url })), cost: null }
}
