/** From an answer that is no success to a typed fault. The defaults below; adapters add their vendor's words. */
import type { UpstreamFault, UpstreamFaultKind } from '../../core/upstream-fault.ts'
import { upstreamError } from '../../core/upstream-fault.ts'
import type { AfterimageError } from '../../core/errors.ts'
import type { Answer } from './answer.ts'
import { redact, toWord } from './redact.ts'
import { readRetryAfter } from './retry-after.ts'

/** What an adapter reads out of an answer. Members that it leaves out take the defaults of the status. */
export type Verdict = {
  kind?: UpstreamFaultKind
  charged?: UpstreamFault['charged']
  /** The vendor's machine word. */
  code?: unknown
  /** The field of the vendor's request that is at fault. */
  param?: unknown
  /** The vendor's sentence; shown, redacted, only where it helps the caller. */
  message?: unknown
}

/** Pure; null leaves everything to the status. */
export type ReadVerdict = (answer: Answer) => Verdict | null

/** Who is spoken to, for sentences and evidence. */
export type Upstream = { vendor: string; secretVariable: string }

export type FaultScene = {
  upstream: Upstream
  call: UpstreamFault['call']
  /** Texts that must not appear in a message: the secret, the prompt. */
  known: readonly string[]
  now: number
}

/** A gateway gave up while the origin may go on (502, 504, 520 to 524, 408): nobody knows the outcome. */
const ABANDONED = new Set([408, 502, 504, 520, 521, 522, 523, 524])
const NOT_CHARGED: ReadonlySet<UpstreamFaultKind> = new Set([
  'invalid_input',
  'refused',
  'rate_limited',
  'auth',
  'quota',
  'not_found',
])

/** The default reading of a status. Money: 503 and 529 turn work away, 500 may have done it. */
export function kindOfStatus(status: number): UpstreamFaultKind {
  if (status < 400) return 'bad_response'
  if (status === 401 || status === 403) return 'auth'
  if (status === 402) return 'quota'
  if (status === 404 || status === 410) return 'not_found'
  if (status === 429) return 'rate_limited'
  if (ABANDONED.has(status)) return 'outcome_unknown'
  if (status < 500) return 'invalid_input'
  return status === 500 || status === 503 || status === 529 ? 'transient' : 'outcome_unknown'
}

/** The fault of an answer with an error status, or of a success that an adapter cannot accept. */
export function faultOfAnswer(answer: Answer, verdict: Verdict | null, scene: FaultScene): AfterimageError {
  const { status, headers } = answer
  const kind = toKind(verdict?.kind ?? kindOfStatus(status), scene)
  const fault: UpstreamFault = {
    kind,
    call: scene.call,
    charged: scene.call === 'follow' ? 'maybe' : (verdict?.charged ?? chargedBy(kind, status)),
    retryAfterMs: readRetryAfter(answer, scene.now),
    status,
    upstreamCode: toWord(verdict?.code),
    requestId: toWord(headers['x-request-id'] ?? headers['request-id']),
  }
  return upstreamError(fault, sentenceFor(fault, verdict, scene))
}

/** A poll whose gateway gave up is merely repeated: only a submit has an outcome to lose. */
function toKind(kind: UpstreamFaultKind, scene: FaultScene): UpstreamFaultKind {
  return kind === 'outcome_unknown' && scene.call === 'follow' ? 'transient' : kind
}

function chargedBy(kind: UpstreamFaultKind, status: number): UpstreamFault['charged'] {
  const isTurnedAway = kind === 'transient' && (status === 503 || status === 529)
  return status >= 400 && (isTurnedAway || NOT_CHARGED.has(kind)) ? 'no' : 'maybe'
}

function sentenceFor(fault: UpstreamFault, verdict: Verdict | null, { upstream, known }: FaultScene): string {
  const { vendor, secretVariable } = upstream
  const evidence = [fault.status, fault.upstreamCode, toWord(verdict?.param)].filter((word) => word !== null)
  const why = evidence.length === 0 ? '' : ` (${evidence.join(', ')})`
  const said = typeof verdict?.message === 'string' ? redact(verdict.message, known) : ''
  const words = said === '' ? '' : `: ${said}`
  const wait = fault.retryAfterMs === null ? '' : ` for ${Math.ceil(fault.retryAfterMs / 1000)} s`
  const sentences: Readonly<Record<UpstreamFaultKind, string>> = {
    invalid_input: `${vendor} does not accept this request${why}${words}`,
    refused: `${vendor} refuses to make this image${why}; change the prompt or the images`,
    rate_limited: `${vendor} asks to wait${wait}${why}`,
    auth: `${vendor} does not accept the API key${why}; check ${secretVariable}`,
    quota: `the ${vendor} account has no credit or quota left${why}; top it up`,
    not_found:
      fault.call === 'follow'
        ? `${vendor} does not know this job any more${why}; its result has expired, and it was not made again`
        : `${vendor} does not know this model or job${why}${words}`,
    transient: `${vendor} is overloaded or failed${why}`,
    timeout: `${vendor} did not answer in time${why}`,
    cancelled: `the call to ${vendor} was cancelled`,
    outcome_unknown: `${vendor} was called, but its answer was lost${why}; it was not called again`,
    bad_response: `${vendor} answered without a usable image${why}${words}`,
  }
  const sentence = sentences[fault.kind]
  return `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}${/[.!?…]$/u.test(sentence) ? '' : '.'}`
}
