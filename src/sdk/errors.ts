import type { Issue, Job } from './types.ts'

export type ErrorDetails = {
  status: number
  body: unknown
  code: string | null
  issues: readonly Issue[]
  requestId: string | null
  /** What the server asked for with Retry-After, in milliseconds. */
  retryAfterMs: number | null
  cause?: unknown
}

/**
 * Everything the SDK throws, except the reason of your own `signal`, which is thrown as it is.
 * Holds the parsed answer, never the API key or the request.
 */
export class KreaAPIError extends Error {
  override readonly name: string = 'KreaAPIError'
  /** HTTP status; 0 when no answer arrived. */
  readonly status: number
  /** Parsed JSON, or the text when it was not JSON; null when no answer arrived. */
  readonly body: unknown
  /** Stable word for the fault (`invalid_request`, `input_unreachable`); null where the server sent none. */
  readonly code: string | null
  /** The fields at fault; empty when the fault is not about fields. */
  readonly issues: readonly Issue[]
  /** Names the request in the server's log. */
  readonly requestId: string | null
  readonly retryAfterMs: number | null

  constructor(message: string, details: Partial<ErrorDetails> = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.status = details.status ?? 0
    this.body = details.body ?? null
    this.code = details.code ?? null
    this.issues = details.issues ?? []
    this.requestId = details.requestId ?? null
    this.retryAfterMs = details.retryAfterMs ?? null
  }
}

/** 400, 413, 415, 422: the request has to change. `issues` names the fields. */
export class InvalidRequestError extends KreaAPIError {
  override readonly name = 'InvalidRequestError'
}

/** 401, 403: the API key is missing, unknown, revoked or not allowed to do this. */
export class AuthenticationError extends KreaAPIError {
  override readonly name = 'AuthenticationError'
}

/** 404: no such job, asset or model, or it belongs to another account. */
export class NotFoundError extends KreaAPIError {
  override readonly name = 'NotFoundError'
}

/** 429: too many requests or a full queue; nothing was accepted. `retryAfterMs` says when to come back. */
export class RateLimitError extends KreaAPIError {
  override readonly name = 'RateLimitError'
}

/** 500 and above. After a submit without idempotency key, the job may exist all the same. */
export class ServerError extends KreaAPIError {
  override readonly name = 'ServerError'
}

/** No answer arrived. `code` is the system's word (`ECONNREFUSED`) where the platform tells it. */
export class ConnectionError extends KreaAPIError {
  override readonly name = 'ConnectionError'
}

/** The time you allowed is over. The job, if there is one, goes on. */
export class TimeoutError extends KreaAPIError {
  override readonly name = 'TimeoutError'
  /** The job as it was last seen, from `jobs.wait` and `subscribe`; null when a single request took too long. */
  readonly job: Job | null

  constructor(message: string, job: Job | null = null) {
    super(message)
    this.job = job
  }
}

/** The job ended as `failed` or `cancelled`. `code` and the message are the job's own reason. */
export class JobFailedError extends KreaAPIError {
  override readonly name = 'JobFailedError'
  readonly job: Job

  constructor(job: Job) {
    const reason = job.error?.message ?? job.result?.error ?? 'the server gave no reason'
    super(`Job ${job.job_id} ${job.status === 'cancelled' ? 'was cancelled' : 'failed'}: ${reason}`, {
      // The HTTP answer was fine; it is the job that was not.
      status: 200,
      body: job,
      code: job.error?.code ?? null,
    })
    this.job = job
  }
}
