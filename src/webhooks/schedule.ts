/** When a delivery that failed is tried again. Pure. */

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

/**
 * Pauses after the first, second, … failed try: the schedule of Svix, which the specification of Standard Webhooks
 * recommends too. Seven tries in about 17.6 hours.
 */
export const RETRY_DELAYS_MS: readonly number[] = [
  5 * SECOND,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
]
/** A pause grows by up to this share, so that ten thousand deliveries that failed together do not come back together. */
const JITTER = 0.2
/** A receiver may ask for more time than the schedule gives, but not to be forgotten. */
const MAX_RETRY_AFTER_MS = 24 * HOUR
/** What an endpoint gets that says it is overloaded and not for how long. */
const THROTTLE_MS = MINUTE
/** Longest pause of a whole endpoint that one answer can cause. */
const MAX_PAUSE_MS = HOUR

export type RetryPlan = { delayMs: number; pauseEndpointMs: number }

/**
 * @param failures tries that failed so far, this one included
 * @param options.retryAfterMs what the receiver asked for with Retry-After, or null
 * @param options.isOverloaded whether its status says so (429, 502, 504)
 * @param options.random from 0 up to but not including 1
 * @returns null when no try is left
 */
export function planRetry(
  failures: number,
  {
    retryAfterMs,
    isOverloaded = false,
    random,
  }: { retryAfterMs: number | null; isOverloaded?: boolean; random: number },
): RetryPlan | null {
  const base = RETRY_DELAYS_MS[failures - 1]
  if (base === undefined) return null
  const asked = Math.min(retryAfterMs ?? 0, MAX_RETRY_AFTER_MS)
  return {
    delayMs: Math.round(Math.max(base, asked) * (1 + JITTER * random)),
    pauseEndpointMs:
      isOverloaded && retryAfterMs === null ? Math.min(base, THROTTLE_MS) : Math.min(asked, MAX_PAUSE_MS),
  }
}
