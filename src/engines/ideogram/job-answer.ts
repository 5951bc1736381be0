/** From answers of Ideogram's newer API to a generation, its state, its images or a verdict. */
import { z } from 'zod'
import type { Cost } from '../../core/job.ts'
import type { Answer } from '../../net/upstream/answer.ts'
import type { PollReading, UpstreamJob } from '../../net/upstream/async-engine.ts'
import { toCost } from '../../net/upstream/cost.ts'
import type { Verdict } from '../../net/upstream/verdict.ts'
import { readIdeogramAnswer } from './answer.ts'

const SUBMITTED = z.object({ generation_id: z.string().min(1) })
const GENERATION = z.object({
  status: z.string(),
  failure_reason: z.string().nullish(),
  /** In micro-dollars already; in another form it is as if it were not told. */
  usage_cost_usd_micros: z.number().nonnegative().nullish().catch(null),
})

const MALFORMED: Verdict = { kind: 'bad_response', message: 'the answer has another form than documented' }
/** The reasons have no documented words; those of the 422 of a submit are about safety. */
const REFUSAL = /safety|moderat|unsafe|policy/iu

/** @param cost the list price, where no poll tells more */
export function readIdeogramSubmit(
  { json }: Answer,
  cost: Cost,
): { job: UpstreamJob; cost: Cost } | { verdict: Verdict } {
  const parsed = SUBMITTED.safeParse(json)
  return parsed.success ? { job: { id: parsed.data.generation_id }, cost } : { verdict: MALFORMED }
}

export function ideogramGenerationPath({ id }: UpstreamJob): string {
  return `/v2/generations/${encodeURIComponent(String(id))}`
}

export function readIdeogramPoll(answer: Answer): PollReading {
  const parsed = GENERATION.safeParse(answer.json)
  if (!parsed.success) return { verdict: MALFORMED }
  const { status, failure_reason: reason, usage_cost_usd_micros: micros } = parsed.data
  if (status === 'completed') {
    const reported = typeof micros === 'number' ? toCost(micros, 'reported') : null
    const reading = readIdeogramAnswer(answer, () => null)
    return 'images' in reading ? { ...reading, cost: reported } : reading
  }
  if (status === 'failed') {
    const kind = REFUSAL.test(reason ?? '') ? 'refused' : 'transient'
    // Whether a failed generation is billed is not documented.
    return { verdict: { kind, charged: 'maybe', code: 'failed', message: reason } }
  }
  // `pending`, and words that are new to us: the generation is paid for.
  return { state: 'running', status: 'sampling', progress: null }
}
