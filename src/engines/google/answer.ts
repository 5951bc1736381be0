/** From an answer of `generateContent` to images, cost or a verdict. */
import { z } from 'zod'
import type { Cost } from '../../core/job.ts'
import { retiredIdsOf } from '../../core/retired-ids.ts'
import type { Answer } from '../../net/upstream/answer.ts'
import { retirementIn } from '../../net/upstream/engine-options.ts'
import type { AnsweredImage, Reading } from '../../net/upstream/adapter.ts'
import type { Verdict } from '../../net/upstream/verdict.ts'
import { costOfUsage } from './prices.ts'

const PART = z.object({
  text: z.string().optional(),
  thought: z.boolean().optional(),
  inlineData: z.object({ data: z.string().min(1) }).optional(),
})
const COUNTS = z.array(z.object({ modality: z.string(), tokenCount: z.number() }))
const USAGE = z.object({
  promptTokenCount: z.number().optional(),
  candidatesTokenCount: z.number().optional(),
  thoughtsTokenCount: z.number().optional(),
  candidatesTokensDetails: COUNTS.optional(),
})
const ANSWER = z.object({
  candidates: z
    .array(
      z.object({
        finishReason: z.string().optional(),
        content: z.object({ parts: z.array(PART).optional() }).optional(),
      }),
    )
    .optional(),
  promptFeedback: z.object({ blockReason: z.string().optional() }).optional(),
  /** In another form it is as if it were not told: the image is paid for. */
  usageMetadata: USAGE.optional().catch(undefined),
})
const FAULT = z.object({
  error: z.object({
    message: z.string().optional(),
    status: z.string().optional(),
    details: z
      .array(
        z.object({
          reason: z.string().optional(),
          violations: z.array(z.object({ quotaId: z.string().optional() })).optional(),
        }),
      )
      .optional(),
  }),
})

type GoogleAnswer = z.output<typeof ANSWER>
type Usage = z.output<typeof USAGE>

const REFUSALS = new Set([
  'SAFETY',
  'PROHIBITED_CONTENT',
  'BLOCKLIST',
  'SPII',
  'RECITATION',
  'IMAGE_SAFETY',
  'IMAGE_PROHIBITED_CONTENT',
  'IMAGE_RECITATION',
])

/** A wrong key is a 400 here, and a quota of the day a 429 like any other; only the details tell. */
export function readGoogleVerdict(answer: Answer): Verdict | null {
  const parsed = FAULT.safeParse(answer.json)
  if (!parsed.success) return null
  const { status, message, details = [] } = parsed.data.error
  const retirement = answer.status === 404 ? retirementIn(message ?? '', retiredIdsOf('google')) : null
  const reason = details.find((detail) => detail.reason !== undefined)?.reason
  const evidence: Verdict = { code: reason ?? status, message: retirement ?? message }
  if (reason?.startsWith('API_KEY_') === true) return { ...evidence, kind: 'auth' }
  const quotas = details.flatMap(({ violations = [] }) => violations.map(({ quotaId }) => quotaId ?? ''))
  if (answer.status === 429 && quotas.some((id) => id.includes('PerDay')))
    return { ...evidence, kind: 'quota' }
  return evidence
}

export function readGoogleAnswer(answer: Answer, upstream: string): Reading {
  const parsed = ANSWER.safeParse(answer.json)
  if (!parsed.success)
    return { verdict: { kind: 'bad_response', message: 'the answer has another form than documented' } }
  const images = imagesOf(parsed.data)
  if (images.length > 0) return { images, cost: toCost(parsed.data.usageMetadata, upstream) }
  return { verdict: verdictWithoutImage(parsed.data) }
}

/** Pictures that the model made while thinking are drafts, not results. */
function imagesOf({ candidates = [] }: GoogleAnswer): AnsweredImage[] {
  return candidates.flatMap(({ content }) =>
    (content?.parts ?? []).flatMap(({ inlineData, thought }) =>
      inlineData === undefined || thought === true ? [] : [{ base64: inlineData.data }],
    ),
  )
}

function verdictWithoutImage({ candidates = [], promptFeedback, usageMetadata }: GoogleAnswer): Verdict {
  const [candidate] = candidates
  const code = promptFeedback?.blockReason ?? candidate?.finishReason
  // Text instead of a picture is how Gemini declines in words.
  const saysText = candidate?.content?.parts?.some(
    ({ text, thought }) => text !== undefined && thought !== true,
  )
  const isRefusal =
    promptFeedback?.blockReason !== undefined ||
    REFUSALS.has(candidate?.finishReason ?? '') ||
    (candidate?.finishReason === 'STOP' && saysText === true)
  return {
    kind: isRefusal ? 'refused' : 'bad_response',
    charged: (usageMetadata?.candidatesTokenCount ?? 0) > 0 ? 'yes' : 'maybe',
    code,
  }
}

function toCost(usage: Usage | undefined, upstream: string): Cost | null {
  if (usage === undefined) return null
  const all = usage.candidatesTokenCount ?? 0
  const details = usage.candidatesTokensDetails
  // Without the split, the dearer kind: a cost that is too low would break a budget.
  const imageOut = details === undefined ? all : sumOf(details, 'IMAGE')
  return costOfUsage(upstream, {
    input: usage.promptTokenCount ?? 0,
    imageOut,
    textOut: Math.max(0, all - imageOut) + (usage.thoughtsTokenCount ?? 0),
  })
}

function sumOf(details: z.output<typeof COUNTS>, modality: string): number {
  return details.reduce((sum, count) => sum + (count.modality === modality ? count.tokenCount : 0), 0)
}
