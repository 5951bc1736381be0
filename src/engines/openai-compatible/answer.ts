/** From an answer in the form of OpenAI's images API to images or a verdict. */
import { z } from 'zod'
import type { AnsweredImage, Reading } from '../../net/upstream/adapter.ts'
import type { Answer } from '../../net/upstream/answer.ts'
import type { Verdict } from '../../net/upstream/verdict.ts'

const IMAGE = z.object({ b64_json: z.string().min(1).nullish(), url: z.string().min(1).nullish() })
const ANSWER = z.object({ data: z.array(IMAGE) })
/** Codes are words at some servers and numbers at others. */
const FAULT = z.object({
  error: z.union([
    z.string(),
    z.object({
      code: z.union([z.string(), z.number()]).nullish(),
      param: z.string().nullish(),
      message: z.string().nullish(),
    }),
  ]),
})
const REFUSALS = new Set(['moderation_blocked', 'content_policy_violation'])
const QUOTA = new Set(['insufficient_quota', 'billing_hard_limit_reached', 'budget_exceeded'])

export function readCompatibleVerdict({ json }: Answer): Verdict | null {
  const parsed = FAULT.safeParse(json)
  if (!parsed.success) return null
  const { error } = parsed.data
  if (typeof error === 'string') return { message: error }
  const { code, param, message } = error
  const evidence: Verdict = { code, param, message }
  if (typeof code === 'string' && REFUSALS.has(code)) return { ...evidence, kind: 'refused' }
  return typeof code === 'string' && QUOTA.has(code) ? { ...evidence, kind: 'quota' } : evidence
}

/** @param origin results that lie there are fetched like everything else there; it may be private */
export function readCompatibleAnswer({ json }: Answer, origin: string): Reading {
  const parsed = ANSWER.safeParse(json)
  if (!parsed.success)
    return { verdict: { kind: 'bad_response', message: 'the answer has no list of images' } }
  return { images: parsed.data.data.flatMap((image) => toImage(image, origin)), cost: null }
}

function toImage({ b64_json, url }: z.output<typeof IMAGE>, origin: string): AnsweredImage[] {
  if (typeof b64_json === 'string') return [{ base64: b64_json }]
  if (typeof url !== 'string') return []
  const isOwn = URL.canParse(url) && new URL(url).origin === new URL(origin).origin
  return [isOwn ? { path: url } : { url }]
}
