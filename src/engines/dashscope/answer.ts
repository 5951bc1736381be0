/** From an answer of DashScope to images or a verdict. */
import { z } from 'zod'
import type { Reading } from '../../net/upstream/adapter.ts'
import type { Answer } from '../../net/upstream/answer.ts'
import { UNKNOWN_COST } from '../../net/upstream/cost.ts'
import type { Verdict } from '../../net/upstream/verdict.ts'

const FAULT = z.object({ code: z.string(), message: z.string().nullish() })
const PART = z.object({ image: z.string().nullish() })
const ANSWER = z.object({
  output: z.object({
    choices: z.array(z.object({ message: z.object({ content: z.array(PART) }) })),
  }),
})

const REFUSAL = /^data_?inspection_?failed|^IPInfringementSuspect/iu
/** They come as 400 and 403, like quite other things. */
const QUOTA = /^(?:Arrearage|AllocationQuota\b)/u

/** The vendor's codes over the defaults of the status: refusals and empty accounts hide in 400 and 403. */
export function readDashScopeVerdict({ json }: Answer): Verdict | null {
  const parsed = FAULT.safeParse(json)
  if (!parsed.success) return null
  const { code, message } = parsed.data
  if (REFUSAL.test(code)) return { kind: 'refused', code, message }
  return QUOTA.test(code) ? { kind: 'quota', code, message } : { code, message }
}

/** Prices are published by region and were not found for the international one, so the cost is unknown. */
export function readDashScopeAnswer(answer: Answer): Reading {
  const parsed = ANSWER.safeParse(answer.json)
  if (!parsed.success) {
    const verdict = readDashScopeVerdict(answer)
    const message = 'the answer has another form than documented'
    return { verdict: { kind: 'bad_response', message, ...verdict, charged: 'maybe' } }
  }
  const parts = parsed.data.output.choices.flatMap(({ message }) => message.content)
  const images = parts.flatMap(({ image }) =>
    typeof image === 'string' && image !== '' ? [{ url: image }] : [],
  )
  return { images, cost: UNKNOWN_COST }
}
