import type { EngineContext } from './engine.ts'
import type { Progress, RunningStatus } from './job.ts'
import type { Clock, Lease, StateStore } from './ports.ts'

export type ProgressReporter = {
  report: EngineContext['onProgress']
  /** Resolves when nothing is being written any more. */
  settle: () => Promise<void>
}

/** Four writes a second are smooth to watch, and cheap for the store. */
const MIN_INTERVAL_MS = 250

/**
 * Writes progress to the row, fenced, one write at a time and at most four a second; what comes in between is
 * replaced by what comes later. Percentages never go back within an attempt, whatever an engine says.
 */
export function createProgressReporter(
  deps: { state: Pick<StateStore, 'saveProgress'>; clock: Clock },
  lease: Lease,
): ProgressReporter {
  let writing: Promise<unknown> = Promise.resolve()
  let lastAt = Number.NEGATIVE_INFINITY
  let highest = 0
  return {
    report: (status: RunningStatus, progress: Progress) => {
      const now = deps.clock.now()
      if (now - lastAt < MIN_INTERVAL_MS && progress.percent < 100) return
      lastAt = now
      highest = Math.max(highest, Math.min(100, progress.percent))
      const monotone = { ...progress, percent: highest }
      // A write that fails costs a number on a bar, not the job.
      writing = writing.then(() => deps.state.saveProgress(lease, status, monotone)).catch(() => false)
    },
    settle: async () => {
      await writing
    },
  }
}
