/** Keeps the lease of a running attempt, and stops the attempt when the lease is lost or a cancel was asked for. */
import type { ClaimedJob, Clock, StateStore } from '../core/ports.ts'
import type { StopReason } from '../core/run-job.ts'

export type RunningAttempt = {
  claimed: ClaimedJob
  controller: AbortController
  /** Milliseconds since the epoch; when nothing extends it until then, somebody else may run the job. */
  leaseUntil: number
  /** Settles when the attempt has ended in every respect; never rejects. */
  done: Promise<unknown>
}

export type LeaseKeeperDeps = {
  state: Pick<StateStore, 'heartbeat'>
  clock: Clock
  leaseMs: number
  onError: (error: unknown) => void
}

/** One heartbeat. */
export async function keepLease(deps: LeaseKeeperDeps, attempt: RunningAttempt): Promise<void> {
  try {
    // From before the call, so that a slow store makes the lease look shorter, never longer.
    const leaseUntil = deps.clock.now() + deps.leaseMs
    const kept = await deps.state.heartbeat(attempt.claimed.lease, deps.leaseMs)
    if (kept === null) stopAttempt(attempt, 'lease_lost')
    else if (kept.isCancelRequested) stopAttempt(attempt, 'cancelled')
    attempt.leaseUntil = leaseUntil
  } catch (error) {
    deps.onError(error)
    // What the attempt does from here on could be done twice.
    if (deps.clock.now() > attempt.leaseUntil) stopAttempt(attempt, 'lease_lost')
  }
}

/** Fires the attempt's signal with the reason; later reasons change nothing. */
export function stopAttempt({ controller }: RunningAttempt, reason: StopReason): void {
  controller.abort(reason)
}
