/** The loop that runs jobs: claim, run, release; one place a job, places counted by queue. */
import type { Clock, StateStore } from '../core/ports.ts'
import type { RunJob } from '../core/run-job.ts'
import { createBell } from '../core/bell.ts'
import type { Bell } from '../core/bell.ts'
import { keepLease, stopAttempt } from './lease-keeper.ts'
import type { RunningAttempt } from './lease-keeper.ts'
import { createPlaces } from './places.ts'
import type { Places } from './places.ts'

export type WorkerDeps = {
  state: Pick<StateStore, 'claim' | 'heartbeat' | 'nextWakeMs' | 'onWork'>
  runJob: RunJob
  clock: Clock
  /** Names this worker in leases; unique among all workers and restarts. */
  owner: string
  /** Concurrent places by queue. */
  slots: Readonly<Record<string, number>>
  /** Most running jobs by queue, over all workers. */
  limits?: Readonly<Record<string, number>>
  /** A lease ends this long after its last heartbeat, in milliseconds. */
  leaseMs: number
  /** Told of faults that are not a job's own: the store did not answer, a write failed. */
  onError: (error: unknown) => void
}

export type Worker = {
  start: () => void
  /** Looks at once whether a job is to be cancelled, instead of at the next heartbeat. */
  check: (jobId: string) => void
  /**
   * Takes no more jobs, lets running ones go on for `graceMs`, then stops them and gives them back.
   * Resolves when nothing runs any more.
   */
  stop: (options: { graceMs: number }) => Promise<void>
  runningCount: () => number
}

/** Three heartbeats may be missed before a lease ends. */
const BEATS_PER_LEASE = 4
/** How long work may wait that nobody rang for: another process stored it, or a lease ran out. */
const MAX_SLEEP_MS = 1000
/** A lease that has just run out is claimable at once; without a floor the loop would spin until somebody takes it. */
const MIN_SLEEP_MS = 5

export function createWorker(deps: WorkerDeps): Worker {
  const bell = createBell()
  const places = createPlaces(deps.slots, bell.ring)
  const stopping = new AbortController()
  let looping: Promise<void> = Promise.resolve()
  let heartbeats: NodeJS.Timeout | undefined
  let unsubscribe: () => void = () => undefined
  return {
    start: () => {
      unsubscribe = deps.state.onWork(bell.ring)
      heartbeats = setInterval(() => {
        for (const attempt of places.running()) void keepLease(deps, attempt)
      }, deps.leaseMs / BEATS_PER_LEASE)
      looping = claimUntilStopped(deps, { places, bell, signal: stopping.signal })
    },
    check: (jobId) => {
      for (const attempt of places.running())
        if (attempt.claimed.job.id === jobId) void keepLease(deps, attempt)
    },
    stop: async ({ graceMs }) => {
      stopping.abort()
      unsubscribe()
      bell.ring()
      await looping
      await settleWithin(places.running(), graceMs)
      for (const attempt of places.running()) stopAttempt(attempt, 'shutdown')
      await settled(places.running())
      clearInterval(heartbeats)
    },
    runningCount: () => places.running().length,
  }
}

async function claimUntilStopped(
  deps: WorkerDeps,
  { places, bell, signal }: { places: Places; bell: Bell; signal: AbortSignal },
): Promise<void> {
  while (!signal.aborted) {
    const sleepMs = await claimOnce(deps, places).catch((error: unknown) => {
      deps.onError(error)
      return MAX_SLEEP_MS
    })
    if (!signal.aborted) await bell.wait(Math.max(MIN_SLEEP_MS, sleepMs))
  }
}

/** Fills the free places; answers how long to sleep when nobody rings. */
async function claimOnce(deps: WorkerDeps, places: Places): Promise<number> {
  const { owner, leaseMs, limits = {} } = deps
  const slots = places.free()
  const running = places.running().map(({ claimed }) => claimed.lease)
  const request = { owner, limits, leaseMs, running }
  const claims = slots === null ? [] : await deps.state.claim({ ...request, slots })
  for (const claimed of claims)
    places.occupy(claimed, (signal) => deps.runJob(claimed, signal).catch(deps.onError))
  return Math.min(MAX_SLEEP_MS, (await deps.state.nextWakeMs()) ?? MAX_SLEEP_MS)
}

async function settled(attempts: readonly RunningAttempt[]): Promise<void> {
  await Promise.all(attempts.map(({ done }) => done))
}

async function settleWithin(attempts: readonly RunningAttempt[], graceMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const grace = new Promise<void>((resolve) => (timer = setTimeout(resolve, graceMs)))
  await Promise.race([settled(attempts), grace])
  clearTimeout(timer)
}
