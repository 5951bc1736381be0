/** From what a provider of the AI SDK throws to a fault of ours; by name, because its classes are not ours to import. */
import type { AfterimageError } from '../../core/errors.ts'
import type { UpstreamFault, UpstreamFaultKind } from '../../core/upstream-fault.ts'
import { unanswered } from '../../core/upstream-fault.ts'
import { upstreamError } from '../../core/upstream-fault.ts'
import { redact, toWord } from '../../net/upstream/redact.ts'
import { kindOfStatus } from '../../net/upstream/verdict.ts'

export type ThrownScene = { engine: string; prompt: string | null; isAborted: boolean }

const REFUSALS = new Set(['moderation_blocked', 'content_policy_violation'])
/** A key that is not accepted, or an empty account, was not charged; whatever else came may have come after the work: 403 also is what a result's address says that has expired. */
const UNCHARGED: ReadonlySet<UpstreamFaultKind> = new Set(['auth', 'quota'])

/** Where the provider's sentence helps the caller; about keys and accounts it may say too much. */
const SAYING: ReadonlySet<UpstreamFaultKind> = new Set(['invalid_input', 'not_found', 'bad_response'])

/**
 * One call of a model may be several requests: a submit, polls, downloads. An error does not tell which of them failed,
 * so only what surely comes before any work says that nothing was paid.
 */
export function faultOfThrown(error: unknown, scene: ThrownScene): AfterimageError {
  const { engine, prompt, isAborted } = scene
  const { name, status, code, message } = read(error)
  const kind = isAborted ? 'cancelled' : kindOf({ name, status, code })
  const charged = UNCHARGED.has(kind) && status !== 403 ? 'no' : 'maybe'
  const fault: UpstreamFault = {
    ...unanswered(kind, { call: 'submit', charged }),
    status,
    upstreamCode: code,
  }
  const said = SAYING.has(kind) ? redact(message, prompt === null ? [] : [prompt]) : ''
  const evidence = [status, code].filter((word) => word !== null).join(', ')
  const why = evidence === '' ? '' : ` (${evidence})`
  return upstreamError(fault, `${engine}: ${SENTENCES[kind]}${why}${said === '' ? '' : `: ${said}`}`, error)
}

/** An answer without an image; it may have been paid for. */
export function nothingMade(engine: string): AfterimageError {
  return upstreamError(
    unanswered('bad_response', { call: 'submit', charged: 'maybe' }),
    `${engine}: the model answered without an image.`,
  )
}

const SENTENCES: Readonly<Record<UpstreamFaultKind, string>> = {
  invalid_input: 'the model does not accept this request',
  refused: 'the model refuses to make this image; change the prompt or the images',
  rate_limited: 'the provider asks to wait; it was not asked again, because it may have been paid',
  auth: 'the provider has no key, or does not accept it',
  quota: 'the account has no credit or quota left',
  not_found: 'the provider does not know this model',
  transient: 'the provider failed',
  timeout: 'the provider did not answer in time',
  cancelled: 'the call was cancelled',
  outcome_unknown: 'the model was called, but its answer was lost; it was not called again',
  bad_response: 'the model made no usable image',
}

function kindOf({ name, status, code }: Pick<Thrown, 'name' | 'status' | 'code'>): UpstreamFaultKind {
  if (code !== null && REFUSALS.has(code)) return 'refused'
  if (name === 'AI_LoadAPIKeyError' || name === 'AI_LoadSettingError') return 'auth'
  if (name === 'AI_UnsupportedFunctionalityError' || name === 'AI_InvalidArgumentError')
    return 'invalid_input'
  if (name === 'AI_NoSuchModelError') return 'not_found'
  if (status !== null) return kindOfStatus(status)
  // Without a status nothing came back: the request, a poll or the download was lost.
  return name === 'AI_APICallError' ? 'outcome_unknown' : 'bad_response'
}

type Thrown = { name: string; status: number | null; code: string | null; message: string }

function read(error: unknown): Thrown {
  if (!(error instanceof Error)) return { name: '', status: null, code: null, message: '' }
  const { name, message } = error
  const status = 'statusCode' in error && typeof error.statusCode === 'number' ? error.statusCode : null
  return { name, message, status, code: 'data' in error ? codeIn(error.data) : null }
}

/** `{error: {code}}`, as most vendors have it. */
function codeIn(data: unknown): string | null {
  if (typeof data !== 'object' || data === null || !('error' in data)) return null
  const { error } = data
  return typeof error === 'object' && error !== null && 'code' in error ? toWord(error.code) : null
}
