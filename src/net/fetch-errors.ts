/** What callers are told when their URL cannot be used: the host they named, never what it resolves to. */
import type { ErrorCode } from '../core/errors.ts'
import { AfterimageError, isAfterimageError } from '../core/errors.ts'

/** The URL leads to a place that is not fetched. */
export function forbiddenHost(host: string): AfterimageError {
  return new AfterimageError(
    'input_forbidden',
    `the host "${host}" is private or reserved and is not fetched; use a public URL, send the image itself, ` +
      'or ask the operator to list the host in AFTERIMAGE_ALLOW_PRIVATE_NETWORK',
  )
}

/** The URL is allowed, but no image came back. */
export function unreachable(host: string, reason: string, cause?: unknown): AfterimageError {
  return new AfterimageError(
    'input_unreachable',
    `could not fetch from "${host}": ${reason}`,
    cause === undefined ? {} : { cause },
  )
}

/** The URL is allowed, and what it names is not there (any more), or was never ours to have. */
class RefusedStatus extends Error {}
/** 400 is how some stores answer to a signature whose time is over. */
const REFUSING = new Set([400, 401, 403, 404, 410])

/** An answer that is no success. */
export function answeredWith(host: string, status: number): AfterimageError {
  const cause = REFUSING.has(status) ? new RefusedStatus(`status ${status}`) : undefined
  return unreachable(host, `it answered with status ${status}`, cause)
}

/** Whether the server itself said no, so that asking again in a moment gains nothing. */
export function isRefusedByServer(error: unknown): boolean {
  return causes(error).some((link) => link instanceof RefusedStatus)
}

export function tooLarge(host: string, maxBytes: number): AfterimageError {
  return new AfterimageError(
    'input_too_large',
    `the file at "${host}" has more than the ${maxBytes} bytes that are allowed`,
  )
}

/** System, TLS and protocol codes in plain words. */
const REASONS: Readonly<Record<string, string>> = {
  ENOTFOUND: 'no such host',
  EAI_AGAIN: 'its name could not be resolved',
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection broke off',
  EPIPE: 'the connection broke off',
  EHOSTUNREACH: 'the host is not reachable',
  ENETUNREACH: 'the host is not reachable',
  ETIMEDOUT: 'the connection timed out',
  UND_ERR_CONNECT_TIMEOUT: 'the connection timed out',
  UND_ERR_SOCKET: 'the connection broke off',
  UND_ERR_HEADERS_OVERFLOW: 'its answer has too large headers',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is not trusted',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is not trusted',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate is not trusted',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate is not trusted',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate belongs to another name',
  EPROTO: 'it does not speak TLS correctly',
}

/** Translates whatever a request threw; our own refusals come out of the cause chain unchanged. */
export function toFetchError(error: unknown, host: string): AfterimageError {
  const own = causes(error).find(isAfterimageError)
  return own ?? unreachable(host, reasonOf(error), error)
}

/** Why a request failed, in words that say nothing of addresses or of our insides. */
export function reasonOf(error: unknown): string {
  const codes: readonly string[] = causes(error).flatMap((link) =>
    link instanceof Error && 'code' in link ? [String(link.code)] : [],
  )
  const known = codes.find((code) => code in REASONS)
  if (known !== undefined) return REASONS[known] ?? 'the request failed'
  return codes.some((code) => code.startsWith('HPE_')) ? 'its answer is not valid HTTP' : 'the request failed'
}

/** Whether the guard refused the connection, however deep the refusal lies in the causes. */
export function isForbidden(error: unknown): boolean {
  return causes(error).some((link) => isAfterimageError(link) && link.code === 'input_forbidden')
}

/** The error, its causes and the parts of an AggregateError; bounded, because causes may form a ring. */
function causes(error: unknown): readonly unknown[] {
  const found: unknown[] = []
  const waiting: unknown[] = [error]
  while (waiting.length > 0 && found.length < 20) {
    const next = waiting.shift()
    found.push(next)
    if (next instanceof AggregateError) waiting.push(...next.errors)
    if (next instanceof Error && next.cause !== undefined) waiting.push(next.cause)
  }
  return found
}

/** The deadline passed, or the caller went away. */
export function abortedError(
  host: string,
  signals: { caller: AbortSignal | undefined; timeoutMs: number },
): AfterimageError {
  const code: ErrorCode = 'client_closed_request'
  return signals.caller?.aborted === true
    ? new AfterimageError(code)
    : unreachable(host, `it did not deliver within ${signals.timeoutMs / 1000} s`)
}
