/** From an answer of OpenAI's images API to images, cost or a verdict. */
import { z } from 'zod'
import type { Cost } from '../../core/job.ts'
import type { UpstreamFaultKind } from '../../core/upstream-fault.ts'
import { retiredIdsOf } from '../../core/retired-ids.ts'
import type { Answer } from '../../net/upstream/answer.ts'
import { retirementIn } from '../../net/upstream/engine-options.ts'
import type { UpstreamEvent } from '../../net/upstream/events.ts'
import type { SyncReply } from '../../net/upstream/sync-engine.ts'
import type { AnsweredImage, Reading } from '../../net/upstream/adapter.ts'
import type { Verdict } from '../../net/upstream/verdict.ts'
import { costOfUsage } from './prices.ts'

const IMAGE = z.object({ b64_json: z.string().min(1).nullish(), url: z.string().min(1).nullish() })
const USAGE = z.object({
  input_tokens: z.number(),
  input_tokens_details: z.object({ text_tokens: z.number(), image_tokens: z.number() }).optional(),
  output_tokens: z.number(),
})
/** What it cost is then not known; the picture beside it is paid for and good. */
const READ_USAGE = USAGE.nullish().catch(null)
const ANSWER = z.object({ data: z.array(IMAGE), usage: READ_USAGE })
const COMPLETED = z.object({
  type: z.enum(['image_edit.completed', 'image_generation.completed']),
  b64_json: z.string().min(1),
  usage: READ_USAGE,
})
const FAULT = z.object({
  error: z.object({
    code: z.string().nullish(),
    type: z.string().nullish(),
    param: z.string().nullish(),
    message: z.string().nullish(),
  }),
})

/** The picture may have been made and charged for all the same, as when the connection of an answer breaks off. */
const BROKEN_OFF: Verdict = { kind: 'outcome_unknown', charged: 'maybe' }
/**
 * Decided before anything is made: the words with which the vendor turns a request away under an error status too.
 * @see platform.openai.com/docs/guides/error-codes
 */
const TURNED_AWAY: ReadonlyMap<string, UpstreamFaultKind> = new Map([
  ['rate_limit_exceeded', 'rate_limited'],
  ['invalid_api_key', 'auth'],
])

const REFUSALS = new Set([
  'moderation_blocked',
  'content_policy_violation',
  'image_content_policy_violation',
  'safety_violations',
])
const QUOTA = new Set(['insufficient_quota', 'billing_hard_limit_reached', 'billing_not_active'])

/** The vendor's words over the defaults of the status: quota hides in 429 and 400, refusals in 400. */
export function readOpenAiVerdict(answer: Answer): Verdict | null {
  const parsed = FAULT.safeParse(answer.json)
  if (!parsed.success) return null
  const { code, type, param, message } = parsed.data.error
  const word = code ?? type ?? undefined
  const retirement = retirementIn(message ?? '', retiredIdsOf('openai'))
  const evidence: Verdict = { code: word, param, message: retirement ?? message }
  if (word !== undefined && REFUSALS.has(word)) return { ...evidence, kind: 'refused' }
  if (word !== undefined && QUOTA.has(word)) return { ...evidence, kind: 'quota' }
  if (retirement !== null || word === 'model_not_found') return { ...evidence, kind: 'not_found' }
  return evidence
}

export function readOpenAiAnswer(reply: SyncReply, upstream: string): Reading {
  const { answer } = reply
  if (answer.json === undefined) return readEvents(reply, upstream)
  const parsed = ANSWER.safeParse(answer.json)
  if (!parsed.success)
    return { verdict: { kind: 'bad_response', message: 'the answer has no list of images' } }
  const { data, usage } = parsed.data
  return { images: data.flatMap(toImage), cost: toCost(usage, upstream) }
}

/** Whether the picture came whole; a stream carries one. */
export function hasCompleted(events: readonly UpstreamEvent[]): boolean {
  return events.some(({ json }) => COMPLETED.safeParse(json).success)
}

/** What came whole is kept, whatever follows it. */
function readEvents({ answer, events, taken }: SyncReply, upstream: string): Reading {
  const done = events.flatMap(({ json }) => COMPLETED.safeParse(json).data ?? [])
  if (done.length > 0)
    return {
      images: done.map(({ b64_json }) => ({ base64: b64_json })),
      cost: toCost(done.at(-1)?.usage, upstream),
    }
  const at = events.findIndex(({ json }) => FAULT.safeParse(json).success)
  if (at >= 0) return { verdict: verdictOfEvent(events[at]?.json, taken + at > 0) }
  return isStream(answer) ? { verdict: BROKEN_OFF } : { images: [], cost: null }
}

/**
 * Of an error in a stream, which comes under a 200. A refusal is final, paid for or not. Only what the vendor turned away
 * before it began was surely not paid for; that no preview came does not prove that it had not begun.
 */
function verdictOfEvent(json: unknown, hasBegun: boolean): Verdict {
  const verdict = readOpenAiVerdict({ status: 200, headers: {}, text: '', json }) ?? {}
  const kind = verdict.kind ?? TURNED_AWAY.get(String(verdict.code))
  if (kind === 'refused') return { ...verdict, charged: 'maybe' }
  if (kind === undefined || hasBegun) return { ...verdict, ...BROKEN_OFF }
  return { ...verdict, kind, charged: 'no' }
}

function isStream({ headers }: Answer): boolean {
  return /^text\/event-stream\b/iu.test(headers['content-type'] ?? '')
}

function toImage({ b64_json, url }: z.output<typeof IMAGE>): AnsweredImage[] {
  if (typeof b64_json === 'string') return [{ base64: b64_json }]
  return typeof url === 'string' ? [{ url }] : []
}

function toCost(usage: z.output<typeof USAGE> | null | undefined, upstream: string): Cost | null {
  if (usage === null || usage === undefined) return null
  const { input_tokens, input_tokens_details: details, output_tokens } = usage
  return costOfUsage(upstream, {
    textIn: details?.text_tokens ?? 0,
    // Without the split, the dearer kind: a cost that is too low would break a budget.
    imageIn: details?.image_tokens ?? input_tokens,
    out: output_tokens,
  })
}
