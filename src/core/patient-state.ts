/** A state store that is away for a moment must not cost the result of a job that is done and paid. */
import type { ErrorCode } from './errors.ts'
import { isAfterimageError } from './errors.ts'
import type { StateStore } from './ports.ts'

export type Patience = {
  /** How long a write is tried again, in milliseconds: a restart of a database takes seconds. */
  patienceMs: number
  /** Waits; replaced in tests. */
  wait?: (ms: number) => Promise<void>
}

/** A database that restarts or fails over; a disk that somebody is making room on. */
const PASSING: ReadonlySet<ErrorCode> = new Set(['unavailable', 'storage_full'])
const FIRST_PAUSE_MS = 50
const MAX_PAUSE_MS = 1000

type Writes = Pick<StateStore, 'saveAttempt' | 'finish' | 'release' | 'reroute'>

/**
 * The same store, whose writes at the turning points of an attempt are tried again while it is away. All of them are
 * fenced and may be repeated: one that was committed although its answer was lost changes nothing the second time.
 * @throws AfterimageError what the store says last, when it stays away longer than `patienceMs`
 */
export function createPatientState<State extends Writes>(state: State, options: Patience): State {
  return {
    ...state,
    saveAttempt: (...args) => insist(() => state.saveAttempt(...args), options),
    finish: (...args) => insist(() => state.finish(...args), options),
    release: (...args) => insist(() => state.release(...args), options),
    reroute: (...args) => insist(() => state.reroute(...args), options),
  }
}

/**
 * Tries a write again while the store says that it is away or full.
 * @throws what the write threw last, when that goes on for longer than `patienceMs`, and any other fault at once
 */
export async function insist<Result>(
  write: () => Promise<Result>,
  { patienceMs, wait = sleep }: Patience,
): Promise<Result> {
  let [waitedMs, pauseMs] = [0, FIRST_PAUSE_MS]
  for (;;)
    try {
      return await write()
    } catch (error) {
      const isPassing = isAfterimageError(error) && PASSING.has(error.code)
      if (!isPassing || waitedMs >= patienceMs) throw error
      await wait(pauseMs)
      waitedMs += pauseMs
      pauseMs = Math.min(MAX_PAUSE_MS, pauseMs * 2)
    }
}

async function sleep(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms))
}
