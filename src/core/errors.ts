/**
 * The one error type, and the one table of codes. Every code has a row in docs/reference/errors.md;
 * a test fails when one of the two lacks a code.
 */

type ErrorRow = { status: number; isRetryable: boolean; title: string }

/** Code to HTTP status, whether the same request may succeed later, and the sentence used when none is given. */
export const ERROR_CODES = {
  malformed_json: { status: 400, isRetryable: false, title: 'The body is not valid JSON.' },
  invalid_request: { status: 400, isRetryable: false, title: 'The request is not valid.' },
  unsupported_field: {
    status: 400,
    isRetryable: false,
    title: 'The chosen engine cannot honour a field, and on_unsupported is "error".',
  },
  unauthorized: { status: 401, isRetryable: false, title: 'A valid API key is required.' },
  insufficient_credits: { status: 402, isRetryable: false, title: 'The balance is insufficient.' },
  forbidden: { status: 403, isRetryable: false, title: 'This key may not do that.' },
  not_found: { status: 404, isRetryable: false, title: 'Not found.' },
  method_not_allowed: { status: 405, isRetryable: false, title: 'This path does not take that method.' },
  request_timeout: { status: 408, isRetryable: true, title: 'The request did not arrive in time.' },
  conflict: { status: 409, isRetryable: false, title: 'The request conflicts with the present state.' },
  model_unavailable: { status: 410, isRetryable: false, title: 'This model is no longer available.' },
  payload_too_large: { status: 413, isRetryable: false, title: 'The body is too large.' },
  unsupported_media_type: { status: 415, isRetryable: false, title: 'This content type is not accepted.' },
  range_not_satisfiable: { status: 416, isRetryable: false, title: 'The range lies outside the file.' },
  expectation_failed: { status: 417, isRetryable: false, title: 'The expectation cannot be met.' },
  input_unreadable: { status: 422, isRetryable: false, title: 'An input image cannot be read.' },
  input_unreachable: { status: 422, isRetryable: true, title: 'An input image could not be fetched.' },
  input_forbidden: { status: 422, isRetryable: false, title: 'An input URL points where we do not go.' },
  input_too_large: { status: 422, isRetryable: false, title: 'An input image is too large.' },
  idempotency_mismatch: {
    status: 422,
    isRetryable: false,
    title: 'This idempotency key belongs to another request.',
  },
  headers_too_large: { status: 431, isRetryable: false, title: 'The header fields are too large.' },
  too_many_requests: { status: 429, isRetryable: true, title: 'Too many requests.' },
  queue_full: { status: 429, isRetryable: true, title: 'The queue is full.' },
  client_closed_request: { status: 499, isRetryable: true, title: 'The client closed the request.' },
  internal: { status: 500, isRetryable: true, title: 'Something went wrong on our side.' },
  not_implemented: { status: 501, isRetryable: false, title: 'This route is not implemented.' },
  unavailable: { status: 503, isRetryable: true, title: 'The service is not ready.' },
  storage_full: { status: 507, isRetryable: true, title: 'There is no room left to store this.' },
  // Codes of a failed job. They reach the wire inside the job object, never as an HTTP status.
  engine_not_configured: {
    status: 500,
    isRetryable: false,
    title: 'No engine is configured for this model.',
  },
  engine_failed: { status: 500, isRetryable: true, title: 'The engine could not make the image.' },
  engine_rejected: { status: 500, isRetryable: false, title: 'The engine refused the request.' },
  content_rejected: {
    status: 500,
    isRetryable: false,
    title: 'The moderation of this server refused the request or its result.',
  },
  moderation_unavailable: {
    status: 500,
    isRetryable: true,
    title: 'The moderation of this server did not answer, and nothing passes unchecked.',
  },
  engine_timeout: { status: 500, isRetryable: true, title: 'The engine took too long.' },
  engine_crashed: { status: 500, isRetryable: true, title: 'The engine process ended unexpectedly.' },
  out_of_memory: { status: 500, isRetryable: false, title: 'The image needs more memory than allowed.' },
  lease_expired: { status: 500, isRetryable: true, title: 'The worker stopped and no attempts are left.' },
  outcome_unknown: {
    status: 500,
    isRetryable: false,
    title: 'The engine was called, but its answer was lost; it was not called again.',
  },
  cancelled: { status: 500, isRetryable: false, title: 'The job was cancelled.' },
} as const satisfies Record<string, ErrorRow>

export type ErrorCode = keyof typeof ERROR_CODES

/** One fault in a request: where (`image_urls[0]`), what was found and what is allowed, and a stable code. */
export type Issue = { path: string; message: string; code: string }

export type ErrorDetails = {
  issues?: readonly Issue[]
  retryAfterSeconds?: number
  /** Further top-level members of the JSON body (the 410 answer needs some). */
  extra?: Readonly<Record<string, unknown>>
  cause?: unknown
}

/**
 * The only error that crosses a module boundary on purpose.
 * `message` is shown to callers: it names the field, what was found, what is allowed and what to do,
 * and never holds a secret, a prompt or bytes.
 */
export class AfterimageError extends Error {
  override readonly name = 'AfterimageError'
  readonly code: ErrorCode
  readonly issues: readonly Issue[]
  readonly retryAfterSeconds: number | undefined
  readonly extra: Readonly<Record<string, unknown>>

  constructor(code: ErrorCode, message?: string, details: ErrorDetails = {}) {
    super(
      message ?? ERROR_CODES[code].title,
      details.cause === undefined ? undefined : { cause: details.cause },
    )
    this.code = code
    this.issues = details.issues ?? []
    this.retryAfterSeconds = details.retryAfterSeconds
    this.extra = details.extra ?? {}
  }

  /** HTTP status of this code. */
  get status(): number {
    return ERROR_CODES[this.code].status
  }

  /** Whether the same request may succeed later without a change. */
  get isRetryable(): boolean {
    return ERROR_CODES[this.code].isRetryable
  }
}

/** True for our own errors, also across copies of this module. */
export function isAfterimageError(value: unknown): value is AfterimageError {
  return value instanceof Error && value.name === 'AfterimageError' && 'code' in value
}

/** Any thrown value as an AfterimageError; foreign ones become `internal` with the original as cause. */
export function toAfterimageError(value: unknown): AfterimageError {
  return isAfterimageError(value) ? value : new AfterimageError('internal', undefined, { cause: value })
}

/** A 4xx about one field: the sentence doubles as message and as the single issue. */
export function fieldError(
  code: ErrorCode,
  issue: { path: string; message: string },
  cause?: unknown,
): AfterimageError {
  const { path, message } = issue
  return new AfterimageError(code, `${path}: ${message}`, { issues: [{ path, message, code }], cause })
}
