import type { KreaAPIError } from './errors.ts'
import { ConnectionError } from './errors.ts'

/** A server that asks for a longer pause than this gets its wish by an error, not by a silent wait. */
const MAX_PAUSE_MS = 60_000
const FIRST_PAUSE_MS = 500
const LONGEST_BACKOFF_MS = 8000

/** System words for a connection that never came about, so that no byte of the request can have arrived. */
const NEVER_SENT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT'])

/**
 * Whether a failed try may be followed by another one, by this rule:
 *
 * | failure                          | repeatable | other (POST without idempotency key) |
 * | -------------------------------- | ---------- | ------------------------------------ |
 * | connection never came about      | again      | again                                |
 * | connection lost, answer lost     | again      | no: the job may exist                |
 * | 429                              | again      | again: refused before acceptance     |
 * | 503 with Retry-After             | again      | again: refused before acceptance     |
 * | 502, 504, 503 without            | again      | no: a proxy lost the server's answer |
 * | timeout, every other status      | no         | no                                   |
 */
export function isRetryAllowed(error: KreaAPIError, isRepeatable: boolean): boolean {
  if (error.retryAfterMs !== null && error.retryAfterMs > MAX_PAUSE_MS) return false
  if (error instanceof ConnectionError) return isRepeatable || NEVER_SENT.has(error.code ?? '')
  if (error.status === 429) return true
  if (error.status === 503) return isRepeatable || error.retryAfterMs !== null
  return isRepeatable && (error.status === 502 || error.status === 504)
}

/**
 * Milliseconds to pause before try number `attempt` + 1 (from 1): what the server asked for, else 0.5 s doubling
 * up to 8 s. A random half of it keeps clients that failed together from coming back together.
 *
 * @param random a number from 0 to 1
 */
export function retryPauseMs(error: KreaAPIError, attempt: number, random: number): number {
  if (error.retryAfterMs !== null) return error.retryAfterMs
  const backoff = Math.min(LONGEST_BACKOFF_MS, FIRST_PAUSE_MS * 2 ** (attempt - 1))
  return backoff * (0.5 + random / 2)
}
