import type { ModerationRequest, ModerationVerdict } from '../core/moderation.ts'

/** Longest answer that is read, in bytes. */
export const MAX_ANSWER_BYTES = 64 * 1024
/** In code points. */
const MAX_REASON = 300

/**
 * `{"allowed": true}` or `{"allowed": false, "reason": "…"}`.
 * @throws Error for anything else: an answer that cannot be read allows nothing
 */
export function parseVerdict(text: string): ModerationVerdict {
  const answer = parseObject(text)
  const { allowed, reason } = answer
  if (typeof allowed !== 'boolean')
    throw new Error('the answer has no member "allowed" that is true or false')
  return { isAllowed: allowed, reason: typeof reason === 'string' ? toSentence(reason) : null }
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>
  } catch {
    // The parser's message quotes the text, which may repeat a prompt.
  }
  throw new Error('the answer is no JSON object')
}

/** One line, because it stands in the error of a job. */
function toSentence(text: string): string | null {
  const line = text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim()
  // Half a character would be refused where the job is stored or signed.
  const cut = Array.from(line.toWellFormed()).slice(0, MAX_REASON).join('')
  return cut === '' ? null : cut
}

/** The request as moderators get it; images are told by role and type and go beside it. */
export function describeRequest({ images, ...request }: ModerationRequest): Record<string, unknown> {
  const { stage, jobId, accountId, model, prompt, fields } = request
  return {
    stage,
    job_id: jobId,
    account: accountId,
    model,
    prompt,
    fields,
    images: images.map(({ role, contentType }) => ({ role, content_type: contentType })),
  }
}
