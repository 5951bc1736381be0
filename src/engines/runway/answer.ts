/** From answers of Runway's API to a task, its state, its image or a verdict. */
import { z } from 'zod'
import type { Cost } from '../../core/job.ts'
import type { Answer } from '../../net/upstream/answer.ts'
import type { PollReading, UpstreamJob } from '../../net/upstream/async-engine.ts'
import type { Verdict } from '../../net/upstream/verdict.ts'
import { costOfCredits } from './prices.ts'

const CREDITS = z.object({ credits: z.number().nonnegative() })
/** What is only told on the side never costs the paid job: in another form it is as if it were not told. */
const SUBMITTED = z.object({ id: z.string().min(1), estimatedCost: CREDITS.nullish().catch(null) })
const TASK = z.object({
  status: z.string(),
  progress: z.number().nullish().catch(null),
  output: z.array(z.string().min(1)).nullish(),
  failure: z.string().nullish(),
  failureCode: z.string().nullish(),
  cost: CREDITS.nullish().catch(null),
})
const FAULT = z.object({
  error: z.string(),
  issues: z
    .array(z.object({ path: z.array(z.union([z.string(), z.number()])), message: z.string() }))
    .optional(),
})
type Task = z.output<typeof TASK>

const MALFORMED: Verdict = { kind: 'bad_response', message: 'the answer has another form than documented' }

/** An empty account is a 400 like any other; only the sentence tells. */
export function readRunwayVerdict({ status, json }: Answer): Verdict | null {
  const parsed = FAULT.safeParse(json)
  if (!parsed.success) return null
  const { error, issues = [] } = parsed.data
  if (status === 400 && /enough credits/iu.test(error)) return { kind: 'quota' }
  const [issue] = issues
  return { param: issue?.path.join('.'), message: issue?.message ?? error }
}

export function readRunwaySubmit({
  json,
}: Answer): { job: UpstreamJob; cost: Cost | null } | { verdict: Verdict } {
  const parsed = SUBMITTED.safeParse(json)
  if (!parsed.success) return { verdict: MALFORMED }
  const { id, estimatedCost } = parsed.data
  const credits = estimatedCost?.credits
  return { job: { id }, cost: credits === undefined ? null : costOfCredits(credits, 'list_price') }
}

/** Also the address of a cancel. */
export function taskPath({ id }: UpstreamJob): string {
  return `/tasks/${encodeURIComponent(String(id))}`
}

export function readRunwayPoll({ json }: Answer): PollReading {
  const parsed = TASK.safeParse(json)
  if (!parsed.success) return { verdict: MALFORMED }
  const task = parsed.data
  if (task.status === 'SUCCEEDED')
    return {
      images: (task.output ?? []).map((url) => ({ url })),
      cost:
        task.cost === null || task.cost === undefined ? null : costOfCredits(task.cost.credits, 'reported'),
    }
  if (task.status === 'FAILED' || task.status === 'CANCELLED') return { verdict: verdictOf(task) }
  if (task.status === 'RUNNING')
    return { state: 'running', status: 'sampling', progress: toProgress(task.progress ?? 0) }
  // PENDING, THROTTLED, and words that are new to us: the task is paid for.
  return { state: 'running', status: 'scheduled', progress: null }
}

/** The task says what it cost: 0 credits is evidence that it cost nothing. */
function verdictOf({ status, failureCode, failure, cost }: Task): Verdict {
  const credits = cost?.credits
  const paid = credits === 0 ? 'no' : 'yes'
  const evidence: Verdict = { code: failureCode, charged: credits === undefined ? 'maybe' : paid }
  const code = failureCode ?? ''
  if (status === 'CANCELLED')
    return { ...evidence, kind: 'bad_response', message: 'the task was cancelled there' }
  if (/\bSAFETY\b/u.test(code)) return { ...evidence, kind: 'refused' }
  if (code === 'ASSET.INVALID') return { ...evidence, kind: 'invalid_input', message: failure }
  return { ...evidence, kind: 'transient' }
}

function toProgress(share: number): { stage: string; percent: number; etaMs: null } {
  return { stage: 'sampling', percent: Math.round(100 * Math.min(Math.max(share, 0), 1)), etaMs: null }
}
