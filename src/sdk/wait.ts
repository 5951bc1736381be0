import { ConnectionError, JobFailedError, RateLimitError, ServerError, TimeoutError } from './errors.ts'
import type { CallOptions } from './options.ts'
import type { FollowJob } from './events.ts'
import type { Sleep } from './sleep.ts'
import type { CompletedJob, Job } from './types.ts'

export type WaitOptions = {
  /**
   * Longest pause between two polls, in milliseconds: 2000 by default, 500 for a server on this machine. Servers that
   * send events are not polled.
   */
  intervalMs?: number | undefined
  /** How long to wait in all; without it, until the job ends. */
  timeoutMs?: number | undefined
  signal?: AbortSignal | undefined
  /** Called with the job at every change or after every poll, the last one included. */
  onUpdate?: ((job: Job) => void) | undefined
  headers?: Readonly<Record<string, string>> | undefined
}

export type WaitDeps = {
  get: (id: string, options: CallOptions) => Promise<Job>
  sleep: Sleep
  /** Milliseconds of a clock that only goes forward. */
  now: () => number
  defaultIntervalMs: number
  /** For one poll; less when the end of the wait is nearer. */
  requestTimeoutMs: number
  /** Absent: always by polling. */
  follow?: FollowJob
}

const FIRST_PAUSE_MS = 250
/** A restart of the server or a change of network must not end a wait: the job itself is not in danger. */
const OUTAGE_MS = 60_000
const LONGEST_TIMER_MS = 2 ** 31 - 1

/**
 * Waits until a job ends: by its stream of events where the job names one, and by polling everywhere else and whenever a
 * stream ends too early.
 *
 * @throws JobFailedError when it failed or was cancelled
 * @throws TimeoutError when `timeoutMs` is over; the job goes on
 * @throws KreaAPIError when the server refuses, or could not be reached for a minute
 */
export async function waitForJob(deps: WaitDeps, id: string, options: WaitOptions): Promise<CompletedJob> {
  const deadline = deps.now() + (options.timeoutMs ?? Infinity)
  let lastAnswerAt = deps.now()
  let job: Job | null = null
  let canFollow = true
  for (let polls = 0; ; polls += 1) {
    try {
      job = await deps.get(id, pollOptions(deps, options, deadline))
      options.onUpdate?.(job)
      const followed: Job | null = canFollow ? await follow(deps, job, { ...options, deadline }) : null
      // A stream that told nothing new will not do better next time.
      canFollow = followed !== null
      job = followed ?? job
      lastAnswerAt = deps.now()
      if (job.status === 'failed' || job.status === 'cancelled') throw new JobFailedError(job)
      if (isCompleted(job)) return job
    } catch (error) {
      if (!isOutage(error) || deps.now() - lastAnswerAt > OUTAGE_MS) throw error
    }
    const remainingMs = deadline - deps.now()
    if (remainingMs <= 0) throw timeoutError(id, job, options.timeoutMs)
    const pauseMs = pollPauseMs(polls, options.intervalMs ?? deps.defaultIntervalMs)
    await deps.sleep(Math.min(pauseMs, remainingMs), options.signal)
  }
}

/** The newest state that the events of a job told; null when they told nothing new, or there are none. */
async function follow(
  deps: WaitDeps,
  job: Job,
  { signal, headers, onUpdate, deadline }: WaitOptions & { deadline: number },
): Promise<Job | null> {
  if (deps.follow === undefined || job.urls?.events === undefined || job.completed_at !== null) return null
  const remainingMs = Math.max(1, Math.min(LONGEST_TIMER_MS, deadline - deps.now()))
  const limit = AbortSignal.timeout(Math.ceil(remainingMs))
  const end = signal === undefined ? limit : AbortSignal.any([signal, limit])
  let newest: Job | null = null
  let shown = JSON.stringify(job)
  for await (const next of deps.follow(`/jobs/${job.job_id}/events`, { signal: end, headers })) {
    const text = JSON.stringify(next)
    if (text === shown) continue
    ;[newest, shown] = [next, text]
    onUpdate?.(next)
  }
  return newest
}

function pollOptions(deps: WaitDeps, options: WaitOptions, deadline: number): CallOptions {
  const remainingMs = Math.max(1, Math.ceil(deadline - deps.now()))
  const timeoutMs = Math.min(deps.requestTimeoutMs, remainingMs)
  return { signal: options.signal, headers: options.headers, timeoutMs }
}

/** Quick at first, because small jobs end within a second; then every `intervalMs`. */
export function pollPauseMs(polls: number, intervalMs: number): number {
  return Math.min(intervalMs, FIRST_PAUSE_MS * 2 ** Math.min(polls, 20))
}

function isCompleted(job: Job): job is CompletedJob {
  return job.status === 'completed'
}

function isOutage(error: unknown): boolean {
  return (
    error instanceof ConnectionError ||
    error instanceof TimeoutError ||
    error instanceof ServerError ||
    error instanceof RateLimitError
  )
}

function timeoutError(id: string, job: Job | null, timeoutMs: number | undefined): TimeoutError {
  return new TimeoutError(`Job ${id} is still ${job?.status ?? 'unknown'} after ${timeoutMs} ms`, job)
}
