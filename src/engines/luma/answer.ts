/** From answers of Luma's API to a generation, its state, its image or a verdict. */
import { z } from 'zod'
import type { Cost } from '../../core/job.ts'
import type { Answer } from '../../net/upstream/answer.ts'
import type { PollReading, UpstreamJob } from '../../net/upstream/async-engine.ts'
import type { Verdict } from '../../net/upstream/verdict.ts'

const SUBMITTED = z.object({ id: z.string().min(1) })
const GENERATION = z.object({
  state: z.string(),
  output: z.array(z.object({ url: z.string().nullish() })).nullish(),
  failure_code: z.string().nullish(),
  failure_reason: z.string().nullish(),
})
const FAULT = z.object({
  detail: z.union([
    z.string(),
    z.array(z.object({ loc: z.array(z.union([z.string(), z.number()])), msg: z.string() })).min(1),
  ]),
})

const MALFORMED: Verdict = { kind: 'bad_response', message: 'the answer has another form than documented' }
/** The words of `failure_code`; one that is new to us is taken for a passing fault, which is never paid for twice. */
const FAILURES: Readonly<Record<string, Verdict['kind']>> = {
  content_moderated: 'refused',
  budget_exhausted: 'quota',
  rate_limited: 'rate_limited',
  corrupt_input: 'invalid_input',
  image_too_large: 'invalid_input',
  unsupported_format: 'invalid_input',
  invalid_request: 'invalid_input',
}

/** A refusal of the prompt is a 400 like any other; only the sentence tells. */
export function readLumaVerdict({ status, json }: Answer): Verdict | null {
  const parsed = FAULT.safeParse(json)
  if (!parsed.success) return null
  const { detail } = parsed.data
  if (typeof detail === 'string')
    return status === 400 && /\bmoderat/iu.test(detail)
      ? { kind: 'refused', code: 'moderation' }
      : { message: detail }
  const [first] = detail
  return { param: first?.loc.filter((part) => part !== 'body').join('.'), message: first?.msg }
}

/** @param cost the list price, because no answer tells what was charged */
export function readLumaSubmit(
  { json }: Answer,
  cost: Cost,
): { job: UpstreamJob; cost: Cost } | { verdict: Verdict } {
  const parsed = SUBMITTED.safeParse(json)
  return parsed.success ? { job: { id: parsed.data.id }, cost } : { verdict: MALFORMED }
}

export function generationPath({ id }: UpstreamJob): string {
  return `/generations/${encodeURIComponent(String(id))}`
}

export function readLumaPoll({ json }: Answer): PollReading {
  const parsed = GENERATION.safeParse(json)
  if (!parsed.success) return { verdict: MALFORMED }
  const { state, output, failure_code: code, failure_reason: message } = parsed.data
  if (state === 'completed') {
    const images = (output ?? []).flatMap(({ url }) =>
      typeof url === 'string' && url !== '' ? [{ url }] : [],
    )
    return { images, cost: null }
  }
  if (state === 'failed') {
    const known = typeof code === 'string' && Object.hasOwn(FAILURES, code) ? FAILURES[code] : undefined
    // Whether a failed generation is billed is not documented.
    return { verdict: { kind: known ?? 'transient', charged: 'maybe', code, message } }
  }
  // `queued`, `processing`, and words that are new to us: the generation is paid for.
  return { state: 'running', status: state === 'processing' ? 'sampling' : 'scheduled', progress: null }
}
