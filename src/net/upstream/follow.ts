/** Calls that cost nothing and may be repeated: uploads, polls, cancels, fetches of results. */
import type { AfterimageError } from '../../core/errors.ts'
import { toAfterimageError } from '../../core/errors.ts'
import { mayRepeatCall, upstreamError, upstreamFaultOf } from '../../core/upstream-fault.ts'
import type { Answer } from './answer.ts'
import type { UpstreamCall, UpstreamClient } from './client.ts'

/** A call that costs nothing. `GET` when no method is named; with `saveTo` the answer goes to that file. */
export type FollowCall = Pick<UpstreamCall, 'path' | 'headers' | 'body' | 'saveTo'> & {
  method?: UpstreamCall['method']
}

/** Sends a free call, again where that may help. @throws AfterimageError with an UpstreamFault */
export type SendFree = (call: FollowCall) => Promise<Answer>

export type FollowScene = {
  client: Pick<UpstreamClient, 'send'>
  signal: AbortSignal
  wait: (ms: number, signal: AbortSignal) => Promise<void>
  /** Tries in a row; `QUICK_TRIES` when absent. */
  maxTries?: number
}

/** A server that restarts is back within the half minute that they take. */
export const QUICK_TRIES = 6
/**
 * For what is paid for: three quarters of an hour, so that the deadline of the job is what ends it, and no outage that
 * is shorter. A picture that was bought and is given up would be bought again.
 */
export const PAID_TRIES = 100
const FIRST_PAUSE_MS = 500
const MAX_PAUSE_MS = 30_000
/** What an upstream asks for is granted up to here; the deadline of the job comes later. */
const MAX_HINT_MS = 300_000

/** Repeats what may be repeated: the job behind it is paid for, and a restart of the vendor's server passes. */
export async function follow(
  { client, signal, wait, maxTries = QUICK_TRIES }: FollowScene,
  free: FollowCall,
): Promise<Answer> {
  const call = toFollowCall(free, signal)
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await client.send(call)
    } catch (error) {
      const fault = upstreamFaultOf(error)
      if (fault === null || !mayRepeatCall(fault) || attempt === maxTries) throw error
      const hint = Math.min(fault.retryAfterMs ?? 0, MAX_HINT_MS)
      await wait(Math.max(hint, pauseAfter(attempt)), signal)
    }
  }
}

/** @returns milliseconds to wait after a try that failed, the first being 1 */
export function pauseAfter(attempt: number): number {
  return Math.min(FIRST_PAUSE_MS * 2 ** (attempt - 1), MAX_PAUSE_MS)
}

/** As the client takes it. */
export function toFollowCall({ method = 'GET', ...call }: FollowCall, signal: AbortSignal): UpstreamCall {
  return { ...call, method, isBillable: false, signal }
}

/** For calls that come before the billable one, as uploads do: whatever befell them, nothing was paid. */
export function beforeSubmit(thrown: unknown): AfterimageError {
  const error = toAfterimageError(thrown)
  const fault = upstreamFaultOf(error)
  if (fault === null || fault.call === 'submit') return error
  // An own deadline is as passing as a lost connection, and only `transient` may be submitted again.
  const kind = fault.kind === 'timeout' ? 'transient' : fault.kind
  return upstreamError({ ...fault, kind, call: 'submit', charged: 'no' }, error.message, thrown)
}
