/** The attempts of a job, as pure changes of the list. */
import type { Attempt } from '../core/job.ts'

export type AttemptOutcome = Exclude<Attempt['outcome'], 'submitting' | null>

/** What is known the moment a job is claimed. The worker fills in the rest. */
export function openAttempt(number: number, engine: string, startedAt: number): Attempt {
  return { number, engine, startedAt, endedAt: null, outcome: null, upstreamId: null, error: null }
}

/** Replaces the entry of the same number, or adds it. */
export function withAttempt(attempts: readonly Attempt[], attempt: Attempt): readonly Attempt[] {
  return [...attempts.filter(({ number }) => number !== attempt.number), attempt].sort(
    (a, b) => a.number - b.number,
  )
}

type Closing = {
  number: number
  endedAt: number
  outcome: AttemptOutcome
  /** Whether `submitting` may be overwritten: only when the job ends, and somebody knows how. */
  isFinal: boolean
  error?: string | null
}

/**
 * Ends an attempt that its worker left open. An outcome that the worker wrote stays. `submitting` stays too while
 * the job may run again: it tells the next attempt that a paid call may have gone out whose answer nobody saw.
 */
export function closeAttempt(attempts: readonly Attempt[], closing: Closing): readonly Attempt[] {
  return attempts.map((attempt) => {
    if (attempt.number !== closing.number) return attempt
    const isOpen = attempt.outcome === null || (closing.isFinal && attempt.outcome === 'submitting')
    return {
      ...attempt,
      endedAt: attempt.endedAt ?? closing.endedAt,
      outcome: isOpen ? closing.outcome : attempt.outcome,
      error: attempt.error ?? closing.error ?? null,
    }
  })
}

/** For a worker that vanished: the attempt is lost, or its outcome unknown if it was about to pay. */
export function lostOutcome(attempts: readonly Attempt[], number: number): 'lost' | 'unknown' {
  const attempt = attempts.find((attempt) => attempt.number === number)
  return attempt?.outcome === 'submitting' ? 'unknown' : 'lost'
}
