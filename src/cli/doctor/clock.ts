import type { Check } from './check.ts'
import { ok, warn } from './check.ts'

/** The day before this program was written: no clock that is right shows an earlier one. */
const WRITTEN = Date.parse('2026-11-24')
/** Signed addresses and webhooks are good for minutes; the Date header has whole seconds. */
const TOLERATED_MS = 60_000

/**
 * The clock of this machine, against those that the vendors' answers told.
 * @param now milliseconds since the epoch
 */
export function checkClock(now: number, others: readonly { vendor: string; aheadMs: number }[]): Check {
  const name = 'clock'
  const shown = new Date(now).toISOString()
  const fix = 'set the clock, and keep it right with NTP'
  if (now < WRITTEN) return warn(name, `${shown} is before this program was written`, fix)
  const nearest = others.toSorted((a, b) => Math.abs(a.aheadMs) - Math.abs(b.aheadMs))[0]
  if (nearest === undefined) return ok(name, `${shown}, compared with nobody`)
  const seconds = Math.round(Math.abs(nearest.aheadMs) / 1000)
  if (Math.abs(nearest.aheadMs) <= TOLERATED_MS) return ok(name, `${shown}, as at ${nearest.vendor}`)
  const side = nearest.aheadMs > 0 ? 'ahead of' : 'behind'
  return warn(name, `${shown} is ${seconds} s ${side} ${nearest.vendor}`, fix)
}
