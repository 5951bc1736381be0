/** The concurrent places of a worker: which attempts run, and what is free by queue. */
import type { ClaimedJob } from '../core/ports.ts'
import type { RunningAttempt } from './lease-keeper.ts'

export type Places = {
  /** Starts an attempt; `run` must never reject. */
  occupy: (claimed: ClaimedJob, run: (signal: AbortSignal) => Promise<void>) => void
  running: () => readonly RunningAttempt[]
  /** Free places by queue; null when there is none at all. */
  free: () => Record<string, number> | null
}

/** @param onFreed called after each attempt that ended */
export function createPlaces(slots: Readonly<Record<string, number>>, onFreed: () => void): Places {
  const running = new Set<RunningAttempt>()
  return {
    occupy: (claimed, run) => {
      const controller = new AbortController()
      const attempt: RunningAttempt = {
        claimed,
        controller,
        leaseUntil: claimed.lease.expiresAt,
        done: run(controller.signal).finally(() => {
          running.delete(attempt)
          onFreed()
        }),
      }
      running.add(attempt)
    },
    running: () => [...running],
    free: () => freeSlots(slots, running),
  }
}

function freeSlots(
  slots: Readonly<Record<string, number>>,
  running: ReadonlySet<RunningAttempt>,
): Record<string, number> | null {
  const free: Record<string, number> = { ...slots }
  for (const { claimed } of running) free[claimed.job.queue] = (free[claimed.job.queue] ?? 0) - 1
  const open = Object.entries(free).filter(([, count]) => count > 0)
  return open.length === 0 ? null : Object.fromEntries(open)
}
