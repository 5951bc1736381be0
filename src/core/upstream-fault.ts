/**
 * What went wrong at an upstream, in words that decide about money: whether it surely did not charge, and whether
 * the same call may be made again. Carried by an AfterimageError; read with `upstreamFaultOf`.
 */
import type { ErrorCode } from './errors.ts'
import { AfterimageError, isAfterimageError } from './errors.ts'

export type UpstreamFaultKind =
  | 'invalid_input'
  | 'refused'
  | 'rate_limited'
  | 'auth'
  | 'quota'
  | 'not_found'
  | 'transient'
  | 'timeout'
  | 'cancelled'
  | 'outcome_unknown'
  | 'bad_response'

export type UpstreamFault = {
  kind: UpstreamFaultKind
  /** `submit` is the one billable call; `follow` polls, cancels or downloads, and costs nothing to repeat. */
  call: 'submit' | 'follow'
  /**
   * Whether the job was paid for. `no` only on evidence: nothing was sent, or the upstream turned it away.
   * A `follow` call never says `no`, because its job was submitted before.
   */
  charged: 'no' | 'maybe' | 'yes'
  /** The upstream's wish, in milliseconds; null when it named none. */
  retryAfterMs: number | null
  /** HTTP status; null when no answer came. */
  status: number | null
  /** The upstream's own word for the fault (`moderation_blocked`); never free text. */
  upstreamCode: string | null
  /** The upstream's id of the request, for its support. */
  requestId: string | null
}

const EXTRA_MEMBER = 'upstreamFault'
const PASSING: ReadonlySet<UpstreamFaultKind> = new Set(['rate_limited', 'transient'])
/** Faults of one upstream or one key. A refusal is none of them: what one refuses is not carried elsewhere. */
const LOCAL_TO_UPSTREAM: ReadonlySet<UpstreamFaultKind> = new Set([...PASSING, 'auth', 'quota', 'not_found'])

const CODES: Readonly<Record<UpstreamFaultKind, ErrorCode>> = {
  invalid_input: 'engine_rejected',
  refused: 'engine_rejected',
  rate_limited: 'unavailable',
  auth: 'engine_not_configured',
  quota: 'engine_failed',
  not_found: 'model_unavailable',
  transient: 'unavailable',
  timeout: 'engine_timeout',
  cancelled: 'cancelled',
  outcome_unknown: 'outcome_unknown',
  bad_response: 'engine_failed',
}

/** The fault of a call that got no answer, or was never made. */
export function unanswered(
  kind: UpstreamFaultKind,
  { call, charged }: Pick<UpstreamFault, 'call' | 'charged'>,
): UpstreamFault {
  return { kind, call, charged, retryAfterMs: null, status: null, upstreamCode: null, requestId: null }
}

/** @param message for the user: no secrets, no prompt */
export function upstreamError(fault: UpstreamFault, message: string, cause?: unknown): AfterimageError {
  const retryAfterSeconds = fault.retryAfterMs === null ? null : Math.ceil(fault.retryAfterMs / 1000)
  return new AfterimageError(codeOf(fault), message, {
    extra: { [EXTRA_MEMBER]: fault },
    cause,
    ...(retryAfterSeconds === null ? {} : { retryAfterSeconds }),
  })
}

/** Null for every error that no upstream caused. */
export function upstreamFaultOf(error: unknown): UpstreamFault | null {
  if (!isAfterimageError(error)) return null
  return (error.extra[EXTRA_MEMBER] as UpstreamFault | undefined) ?? null
}

/** The billable call may be made once more: it surely was not paid for, and the fault may pass. */
export function maySubmitAgain(fault: UpstreamFault): boolean {
  return fault.call === 'submit' && fault.charged === 'no' && PASSING.has(fault.kind)
}

/** Another engine may be tried: this one surely was not paid and did not refuse what was asked. */
export function mayFallBack(fault: UpstreamFault): boolean {
  return fault.call === 'submit' && fault.charged === 'no' && LOCAL_TO_UPSTREAM.has(fault.kind)
}

/** A poll, cancel or download may be repeated; the job behind it is not touched by that. */
export function mayRepeatCall(fault: UpstreamFault): boolean {
  return fault.call === 'follow' && (PASSING.has(fault.kind) || fault.kind === 'timeout')
}

/**
 * `unavailable` invites a retry, so a fault that may have been paid for must not carry it; and a job that an upstream
 * has forgotten is no model that is gone.
 */
function codeOf(fault: UpstreamFault): ErrorCode {
  if (fault.call === 'follow' && fault.kind === 'not_found') return 'engine_failed'
  const isRisky = fault.call === 'submit' && fault.charged !== 'no' && PASSING.has(fault.kind)
  return isRisky ? 'engine_failed' : CODES[fault.kind]
}
