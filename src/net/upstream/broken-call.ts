/** What it means when a call ends without a whole answer. */
import type { AfterimageError } from '../../core/errors.ts'
import { isAfterimageError } from '../../core/errors.ts'
import type { UpstreamFaultKind } from '../../core/upstream-fault.ts'
import { unanswered, upstreamError } from '../../core/upstream-fault.ts'
import { BrokenStreamError } from './events.ts'
import type { FaultScene } from './verdict.ts'

export type BrokenCall = {
  scene: FaultScene
  /** Whether any byte of the request left; see `OpenBody.isStarted`. */
  isSent: boolean
  isCancelled: boolean
  isTimedOut: boolean
}

/** System and protocol codes in plain words. */
const REASONS: Readonly<Record<string, string>> = {
  ENOTFOUND: 'no such host',
  EAI_AGAIN: 'its name could not be resolved',
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection broke off',
  EPIPE: 'the connection broke off',
  UND_ERR_SOCKET: 'the connection broke off',
  UND_ERR_CONNECT_TIMEOUT: 'the connection timed out',
  UND_ERR_BODY_TIMEOUT: 'it stopped sending',
  UND_ERR_HEADERS_TIMEOUT: 'it did not begin to answer',
  ETIMEDOUT: 'the connection timed out',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is not trusted',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is not trusted',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate is not trusted',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate belongs to another name',
}

/**
 * A submit of which no byte left is `transient` and unpaid; one that left is `outcome_unknown`, except where the whole
 * answer came and is the fault: of a stream, what is lost may have held the image. Own errors pass unchanged.
 */
export function faultOfBrokenCall(error: unknown, call: BrokenCall): AfterimageError {
  if (isAfterimageError(error)) return error
  const kind = kindOf(error, call)
  const { scene, isSent } = call
  const charged = scene.call === 'submit' && !isSent ? 'no' : 'maybe'
  const fault = unanswered(kind, { call: scene.call, charged })
  return upstreamError(fault, sentenceFor(kind, { error, call }), error)
}

function kindOf(error: unknown, { scene, isSent, isCancelled, isTimedOut }: BrokenCall): UpstreamFaultKind {
  if (isCancelled) return 'cancelled'
  if (error instanceof RangeError || error instanceof SyntaxError) return 'bad_response'
  if (scene.call === 'follow' && error instanceof BrokenStreamError) return 'bad_response'
  if (scene.call === 'follow') return isTimedOut ? 'timeout' : 'transient'
  return isSent ? 'outcome_unknown' : 'transient'
}

function sentenceFor(kind: UpstreamFaultKind, { error, call }: { error: unknown; call: BrokenCall }): string {
  const { vendor } = call.scene.upstream
  const reason = call.isTimedOut ? 'it did not answer in time' : reasonOf(error)
  if (kind === 'cancelled') return `The call to ${vendor} was cancelled.`
  if (kind === 'bad_response') return `${vendor} did not answer as documented: ${malformation(error)}.`
  return kind === 'outcome_unknown'
    ? `${vendor} was called, but its answer was lost: ${reason}; it was not called again.`
    : `${vendor} could not be reached: ${reason}.`
}

function malformation(error: unknown): string {
  return error instanceof RangeError || error instanceof BrokenStreamError
    ? error.message
    : 'it is not valid JSON'
}

function reasonOf(error: unknown): string {
  if (error instanceof BrokenStreamError) return `in its stream ${error.message}`
  const codes = causes(error).flatMap((link) =>
    link instanceof Error && 'code' in link ? [String(link.code)] : [],
  )
  const known = codes.find((code) => Object.hasOwn(REASONS, code))
  return (known === undefined ? undefined : REASONS[known]) ?? 'the request failed'
}

/** The error, its causes and the parts of an AggregateError; bounded, because causes may form a ring. */
function causes(error: unknown): readonly unknown[] {
  const found: unknown[] = []
  const waiting: unknown[] = [error]
  while (waiting.length > 0 && found.length < 20) {
    const next = waiting.shift()
    found.push(next)
    if (next instanceof AggregateError) waiting.push(...(next.errors as unknown[]))
    if (next instanceof Error && next.cause !== undefined) waiting.push(next.cause)
  }
  return found
}
