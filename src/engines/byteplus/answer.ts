/** From an answer of ModelArk's image API to images, cost or a verdict. */
import { z } from 'zod'
import { retiredIdsOf } from '../../core/retired-ids.ts'
import type { AnsweredImage, Reading } from '../../net/upstream/adapter.ts'
import type { Answer } from '../../net/upstream/answer.ts'
import { retirementIn } from '../../net/upstream/engine-options.ts'
import type { Verdict } from '../../net/upstream/verdict.ts'
import { priceOfImages } from './prices.ts'

const ERROR = z.object({ code: z.string(), message: z.string().nullish(), param: z.string().nullish() })
const FAULT = z.object({ error: ERROR })
const ITEM = z.object({
  url: z.string().min(1).nullish(),
  b64_json: z.string().min(1).nullish(),
  error: ERROR.nullish(),
})
const ANSWER = z.object({
  data: z.array(ITEM),
  /** In another form it is as if it were not told: the images are paid for. */
  usage: z.object({ generated_images: z.number().int().nonnegative() }).nullish().catch(null),
})

/** `InputTextSensitiveContentDetected`, `OutputImageSensitiveContentDetected.PolicyViolation` … */
const REFUSAL = /SensitiveContentDetected|RiskDetection/u
/** They come as 403 and 429, like quite other things. */
const QUOTA = new Set(['AccountOverdueError', 'QuotaExceeded', 'SetLimitExceeded'])

/** The vendor's codes over the defaults of the status: refusals hide in 400, quota in 403 and 429. */
export function readArkVerdict({ json }: Answer): Verdict | null {
  const parsed = FAULT.safeParse(json)
  return parsed.success ? toVerdict(parsed.data.error) : null
}

export function readArkAnswer({ json }: Answer, upstream: string): Reading {
  const parsed = ANSWER.safeParse(json)
  if (!parsed.success)
    return { verdict: { kind: 'bad_response', message: 'the answer has no list of images' } }
  const { data, usage } = parsed.data
  const images = data.flatMap(toImage)
  const made = usage?.generated_images ?? images.length
  if (images.length > 0) return { images, cost: priceOfImages(upstream, made) }
  return { verdict: verdictWithoutImage(data, usage?.generated_images ?? null) }
}

/** "Billing is based on the number of successfully generated images", says the reference: 0 of them cost nothing. */
function verdictWithoutImage(data: readonly z.output<typeof ITEM>[], made: number | null): Verdict {
  const error = data.find((item) => item.error !== undefined && item.error !== null)?.error
  const evidence: Verdict = error === undefined || error === null ? {} : toVerdict(error)
  return { kind: 'bad_response', ...evidence, charged: made === 0 && error !== undefined ? 'no' : 'maybe' }
}

function toVerdict({ code, message, param }: z.output<typeof ERROR>): Verdict {
  const retirement = retirementIn(message ?? '', retiredIdsOf('byteplus'))
  const evidence: Verdict = { code, param, message: retirement ?? message }
  if (REFUSAL.test(code)) return { ...evidence, kind: 'refused' }
  return QUOTA.has(code) ? { ...evidence, kind: 'quota' } : evidence
}

function toImage({ url, b64_json }: z.output<typeof ITEM>): AnsweredImage[] {
  if (typeof b64_json === 'string') return [{ base64: b64_json }]
  return typeof url === 'string' ? [{ url }] : []
}
