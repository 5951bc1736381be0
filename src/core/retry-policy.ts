/** Whether a failed attempt is worth another one, and when. */
import type { ErrorCode } from './errors.ts'

/**
 * Faults of the moment: a process that died, a server that was not there. Everything else would fail again in the
 * same way and only keep the user waiting.
 */
const PASSING: ReadonlySet<ErrorCode> = new Set(['engine_crashed', 'unavailable'])
const MAX_ATTEMPTS = 3
const FIRST_PAUSE_MS = 500

/**
 * Milliseconds to wait before the next attempt; null when there shall be none.
 * @param failures attempts of this engine that failed, from 1
 */
export function retryPauseMs(code: ErrorCode, failures: number): number | null {
  if (!PASSING.has(code) || failures >= MAX_ATTEMPTS) return null
  return FIRST_PAUSE_MS * 4 ** (failures - 1)
}
