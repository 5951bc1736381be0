/** From answers of OpenAI's Responses API to a job, progress, an image or a verdict. */
import { z } from 'zod'
import type { UpstreamFaultKind } from '../../../core/upstream-fault.ts'
import type { Answer } from '../../../net/upstream/answer.ts'
import type { AnsweredImage } from '../../../net/upstream/adapter.ts'
import type { PollReading, UpstreamJob } from '../../../net/upstream/async-engine.ts'
import type { Verdict } from '../../../net/upstream/verdict.ts'
import { readOpenAiVerdict } from '../answer.ts'

const JOB = z.object({ id: z.string().min(1), status: z.string() })
/** Of an item no more is read than says what it is; kinds and forms that are not known here are passed over. */
const ITEM = z.object({
  type: z.string(),
  status: z.string().nullish().catch(null),
  /** Base64, of an image generation call. */
  result: z.string().nullish(),
  /** Of a message: what the main model wrote, or that it refuses. */
  content: z
    .array(z.object({ type: z.string() }))
    .nullish()
    .catch(null),
})
const STATUSES = ['queued', 'in_progress', 'completed', 'failed', 'cancelled', 'incomplete'] as const
const RESPONSE = JOB.extend({
  // A word that is new to us ends nothing by itself: the job is paid for.
  status: z.enum(STATUSES).or(z.string().transform((): 'unheard' => 'unheard')),
  output: z.array(ITEM.catch({ type: 'unheard' })).nullish(),
  // What is only told on the side never costs the paid job.
  error: z.object({ code: z.string().nullish(), message: z.string().nullish() }).nullish().catch(null),
  incomplete_details: z.object({ reason: z.string().nullish() }).nullish().catch(null),
})
type ResponseObject = z.output<typeof RESPONSE>

const NO_RESPONSE: Verdict = { kind: 'bad_response', message: 'the answer is no response' }
/**
 * The documented codes that are about an input; whatever a refusal or a quota is, `readOpenAiVerdict` knows.
 * @see developers.openai.com/api/reference/resources/responses
 */
const ABOUT_INPUT: ReadonlySet<string> = new Set([
  'invalid_prompt',
  'invalid_image',
  'invalid_image_format',
  'invalid_base64_image',
  'invalid_image_url',
  'image_too_large',
  'image_too_small',
  'image_parse_error',
  'invalid_image_mode',
  'image_file_too_large',
  'unsupported_image_media_type',
  'empty_image_file',
  'failed_to_download_image',
  'image_file_not_found',
])

export function readResponsesSubmit({ json }: Answer): { job: UpstreamJob } | { verdict: Verdict } {
  const parsed = JOB.safeParse(json)
  return parsed.success ? { job: { id: parsed.data.id } } : { verdict: NO_RESPONSE }
}

/**
 * The cost is left open: what the answer documents are the tokens of the main model, whose price depends on the
 * operator's choice, and none of the image tool's.
 */
export function readResponsesPoll({ json }: Answer): PollReading {
  const parsed = RESPONSE.safeParse(json)
  if (!parsed.success) return { verdict: NO_RESPONSE }
  const response = parsed.data
  const images = imagesOf(response)
  if (response.status === 'queued') return { state: 'running', status: 'scheduled', progress: null }
  if (response.status === 'in_progress' || (response.status === 'unheard' && images.length === 0))
    return { state: 'running', status: drawingOf(response), progress: null }
  const verdict = verdictOf(response)
  // What came whole is kept, whatever the main model met after it, unless it must not be shown.
  const isKept = images.length > 0 && verdict?.kind !== 'refused' && verdict?.kind !== 'cancelled'
  return verdict === null || isKept ? { images, cost: null } : { verdict }
}

function drawingOf({ output }: ResponseObject): 'sampling' | 'processing' {
  const isDrawing = (output ?? []).some((item) => isCall(item) && item.status === 'generating')
  return isDrawing ? 'sampling' : 'processing'
}

function imagesOf({ output }: ResponseObject): AnsweredImage[] {
  return (output ?? []).flatMap((item) =>
    isCall(item) && typeof item.result === 'string' && item.result !== '' ? [{ base64: item.result }] : [],
  )
}

function isCall({ type }: z.output<typeof ITEM>): boolean {
  return type === 'image_generation_call'
}

/** Null where nothing is wrong. All of it was begun, so all of it may have been charged. */
function verdictOf(response: ResponseObject): Verdict | null {
  const { status, error, incomplete_details: details } = response
  if (status === 'cancelled') return { kind: 'cancelled', charged: 'maybe', code: status }
  if (status === 'failed') return { ...verdictOfError(error), charged: 'maybe' }
  if (status === 'incomplete') {
    const code = details?.reason ?? status
    const kind = code === 'content_filter' ? 'refused' : 'bad_response'
    return { kind, charged: 'maybe', code, message: 'the response is not complete' }
  }
  return hasRefused(response) ? { kind: 'refused', charged: 'maybe', code: 'refusal' } : null
}

function verdictOfError(error: ResponseObject['error']): Verdict {
  const { code, message } = error ?? {}
  const verdict = readOpenAiVerdict({ status: 200, headers: {}, text: '', json: { error } })
  return { code, message, ...verdict, kind: verdict?.kind ?? kindOfCode(code ?? '') }
}

function kindOfCode(code: string): UpstreamFaultKind {
  return ABOUT_INPUT.has(code) ? 'invalid_input' : 'transient'
}

function hasRefused({ output }: ResponseObject): boolean {
  return (output ?? []).some(({ content }) => (content ?? []).some(({ type }) => type === 'refusal'))
}
