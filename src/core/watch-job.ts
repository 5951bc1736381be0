/** Following one job from its present state to its end. */
import { createBell } from './bell.ts'
import type { Job } from './job.ts'
import { isTerminal } from './job.ts'
import type { StateStore } from './ports.ts'

export type WatchDeps = {
  state: Pick<StateStore, 'getJob' | 'onWork'>
  /** Longest time between two looks: changes by other processes, and progress, make no sound here. */
  pollMs: number
  /** Silence after which `null` is answered, so that a connection can be kept open. */
  heartbeatMs: number
}

export type WatchRequest = {
  id: string
  accountId: string
  /** The version that the caller knows already; 0 for none. */
  afterVersion: number
  /** Ends the watch. */
  signal: AbortSignal
}

/** Never rejects for its signal: it ends. */
export type WatchJob = (request: WatchRequest) => AsyncGenerator<Job | null, void>

/**
 * Answers the job as it stands when it is newer than `afterVersion`, then each newer version, until it has ended, is
 * deleted, or `signal` fires. Versions that follow each other quickly are skipped; the last one never is.
 * Each look is a read of its own: nothing is held in the database between two.
 */
export function createWatchJob({ state, pollMs, heartbeatMs }: WatchDeps): WatchJob {
  return async function* ({ id, accountId, afterVersion, signal }) {
    const bell = createBell()
    const unsubscribe = state.onWork(bell.ring)
    signal.addEventListener('abort', bell.ring, { once: true })
    let version = afterVersion
    let lastWordAt = performance.now()
    try {
      while (!signal.aborted) {
        const job = await state.getJob(id, accountId)
        if (job === null) return
        const isNewer = job.version > version
        if (isNewer || performance.now() - lastWordAt >= heartbeatMs) {
          version = job.version
          lastWordAt = performance.now()
          yield isNewer ? job : null
        }
        if (isTerminal(job.status)) return
        if (!signal.aborted) await bell.wait(pollMs)
      }
    } finally {
      unsubscribe()
      signal.removeEventListener('abort', bell.ring)
    }
  }
}
