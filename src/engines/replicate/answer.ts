/** From answers of Replicate's predictions to a job, progress, images or a verdict. */
import { z } from 'zod'
import type { Answer } from '../../net/upstream/answer.ts'
import type { PollReading, UpstreamJob } from '../../net/upstream/async-engine.ts'
import { percentIn } from '../../net/upstream/log-progress.ts'
import type { Verdict } from '../../net/upstream/verdict.ts'

const PREDICTION = z.object({
  id: z.string().min(1),
  status: z.enum(['starting', 'processing', 'succeeded', 'failed', 'canceled', 'aborted']),
  /** One address or several, by model. */
  output: z.union([z.string(), z.array(z.string())]).nullish(),
  logs: z.string().nullish(),
  error: z.string().nullish(),
  webhook: z.string().nullish(),
})
/** Of a list no more is read than names a prediction: others of the account may have results of any form. */
const LISTED = z.object({ id: z.string().min(1), status: z.string(), webhook: z.string().nullish() })
const LIST = z.object({ next: z.string().nullish(), results: z.array(LISTED) })
const FAULT = z.object({
  title: z.string().optional(),
  detail: z.string().optional(),
  invalid_fields: z.array(z.object({ type: z.string().optional(), field: z.string().optional() })).optional(),
})

type Prediction = z.output<typeof PREDICTION>

/** E005 is the code that models give to what their filter caught; the sentences differ. */
const REFUSAL =
  /\bE005\b|flagged as sensitive|nsfw|content (?:policy|moderat)|safety (?:filter|system|check)/iu

export function readReplicateVerdict({ json }: Answer): Verdict | null {
  const parsed = FAULT.safeParse(json)
  if (!parsed.success) return null
  const { title, detail, invalid_fields: fields = [] } = parsed.data
  return { message: detail ?? title, code: fields[0]?.type, param: fields[0]?.field }
}

export function readReplicateSubmit({ json }: Answer): { job: UpstreamJob } | { verdict: Verdict } {
  const parsed = PREDICTION.safeParse(json)
  return parsed.success
    ? { job: { id: parsed.data.id } }
    : { verdict: { kind: 'bad_response', message: 'the answer is no prediction' } }
}

export function readReplicatePoll({ json }: Answer): PollReading {
  const parsed = PREDICTION.safeParse(json)
  if (!parsed.success) return { verdict: { kind: 'bad_response', message: 'the answer is no prediction' } }
  const prediction = parsed.data
  const { status, logs } = prediction
  if (status === 'succeeded') return { images: addressesOf(prediction), cost: null }
  if (status === 'starting')
    return { state: 'running', status: 'scheduled', progress: { stage: 'starting', percent: 0, etaMs: null } }
  if (status !== 'processing') return { verdict: verdictOf(prediction) }
  const percent = percentIn(logs ?? '')
  return {
    state: 'running',
    status: percent === null ? 'processing' : 'sampling',
    progress: { stage: 'sampling', percent: percent ?? 0, etaMs: null },
  }
}

/** Not billed, so that another submit may have followed: an earlier one must not be taken for the one that was lost. */
const WITHOUT_A_BILL: ReadonlySet<string> = new Set(['aborted', 'canceled'])

/** The id of the prediction that reports to this address, and the next page when it is not on this one. */
export function findByWebhook({ json }: Answer, webhook: string): { id: string | null; next: string | null } {
  const parsed = LIST.safeParse(json)
  if (!parsed.success) return { id: null, next: null }
  const { results, next } = parsed.data
  const found = results.find(
    (prediction) => prediction.webhook === webhook && !WITHOUT_A_BILL.has(prediction.status),
  )
  return { id: found?.id ?? null, next: next ?? null }
}

function addressesOf({ output }: Prediction): { url: string }[] {
  if (output === null || output === undefined) return []
  return (typeof output === 'string' ? [output] : output).map((url) => ({ url }))
}

function verdictOf({ status, error }: Prediction): Verdict {
  // Documented: the deadline passed before the model started, and nothing is billed.
  if (status === 'aborted') return { kind: 'transient', charged: 'no', code: 'aborted' }
  if (status === 'canceled') return { kind: 'cancelled', code: 'canceled' }
  if (REFUSAL.test(error ?? '')) return { kind: 'refused', code: /\bE\d{3}\b/u.exec(error ?? '')?.[0] }
  return { kind: 'transient', code: 'failed', message: error }
}
