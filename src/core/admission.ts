/**
 * Whether an engine may be called at this moment: not while its key or its account is known to be refused, and not
 * before it wants to be called. Held in memory by each process: a restart, or another process, asks once more.
 */
import type { Engine } from './engine.ts'
import { pause } from './pause.ts'
import type { Clock } from './ports.ts'
import type { UpstreamFault } from './upstream-fault.ts'
import { unanswered, upstreamError, upstreamFaultOf } from './upstream-fault.ts'

export type AdmissionDeps = {
  clock: Clock
  /** Waits; replaced in tests. */
  wait?: (ms: number, signal: AbortSignal) => Promise<void>
}

/** `credential`: what the engine said of its key before the call. */
type Call = { engine: Engine; model: string; credential: string | null }

export type Admission = {
  /**
   * Before the one call that costs money. Waits where the engine asked to be left alone for a moment.
   * @throws AfterimageError with the fault that closed the engine, surely unpaid, so that another one may be tried
   */
  enter: (call: Call, signal: AbortSignal) => Promise<void>
  /** What a call met. */
  note: (call: Call, error: unknown) => void
}

/** Long enough that a queue of jobs costs a few calls, short enough that nobody has to restart a server. */
const CLOSED_MS: Readonly<Partial<Record<UpstreamFault['kind'], number>>> = {
  auth: 5 * 60_000,
  quota: 10 * 60_000,
}
/** Quotas of a day come with a hint; a topped-up account is noticed within the hour all the same. */
const MAX_CLOSED_MS = 3_600_000
/** Of an engine that asked to be left alone without saying how long. */
const COOLING_MS = 1000
/** Longer wishes are those of the job that heard them; another engine may take the others. */
const MAX_COOLING_MS = 30_000
/** Between calls that waited together, so that they do not come back together. */
const SPACING_MS = 200

type Closed = { fault: UpstreamFault; message: string; until: number; credential: string | null }

export function createAdmission({ clock, wait = pause }: AdmissionDeps): Admission {
  const closed = new Map<string, Closed>()
  const cooling = new Map<string, number>()
  const findClosed = ({ engine, model }: Call): Closed | undefined =>
    [engine.id, scopeOf(engine, model)]
      .map((scope) => closed.get(scope))
      .find((found) => found !== undefined && isInForce(found, engine, clock))
  return {
    enter: async (call, signal) => {
      const found = findClosed(call)
      if (found !== undefined) throw closedError(found)
      const now = clock.now()
      const until = cooling.get(call.engine.id) ?? 0
      if (until <= now) return
      cooling.set(call.engine.id, until + SPACING_MS)
      await wait(until - now, signal)
    },
    note: ({ engine, model, credential }, error) => {
      const fault = upstreamFaultOf(error)
      // Without a status nothing was asked: there is no key at all, and no call to spare.
      if (fault === null || fault.status === null) return
      // A poll speaks of a job of its own time; and a key that was replaced meanwhile is not what was refused.
      if (fault.call !== 'submit' || (engine.credential?.() ?? null) !== credential) return
      const now = clock.now()
      if (fault.kind === 'rate_limited')
        cooling.set(
          engine.id,
          // An answer without a hint takes nothing from one that had one.
          Math.max(
            cooling.get(engine.id) ?? 0,
            now + Math.min(fault.retryAfterMs ?? COOLING_MS, MAX_COOLING_MS),
          ),
        )
      const closedMs = CLOSED_MS[fault.kind]
      if (closedMs === undefined) return
      const until = now + Math.min(Math.max(closedMs, fault.retryAfterMs ?? 0), MAX_CLOSED_MS)
      const message = error instanceof Error ? error.message : ''
      // 403 may be about this model only, which the account has not been given.
      const scope = fault.status === 403 ? scopeOf(engine, model) : engine.id
      closed.set(scope, { fault, message, until, credential })
    },
  }
}

function scopeOf({ id }: Engine, model: string): string {
  return `${id} ${model}`
}

function isInForce({ until, credential }: Closed, engine: Engine, clock: Clock): boolean {
  return clock.now() < until && (engine.credential?.() ?? null) === credential
}

function closedError({ fault, message, until }: Closed): Error {
  const { kind, status, upstreamCode } = fault
  const time = new Date(until).toISOString().slice(11, 16)
  return upstreamError(
    { ...unanswered(kind, { call: 'submit', charged: 'no' }), status, upstreamCode },
    `${message} It is not called before ${time} UTC, or until its key changes.`,
  )
}
