/** Faults in plain words, with the way out where there is one. */
import { ConnectionError, KreaAPIError, TimeoutError } from '../../../src/sdk/index.ts'
import type { Job } from '../../../src/sdk/index.ts'

/** A sentence for a person; the server's own sentences are written for people and stay as they are. */
export function faultText(error: unknown): string {
  if (error instanceof ConnectionError)
    return 'The server cannot be reached. Nothing is lost; try again when it is back.'
  if (error instanceof TimeoutError) return 'The server did not answer in time. Try again.'
  if (error instanceof KreaAPIError) return error.message
  return error instanceof Error ? error.message : 'Something went wrong.'
}

export function isOffline(error: unknown): boolean {
  return error instanceof ConnectionError
}

/** Whether the request itself was at fault; what is too much at the moment (429) may be taken later. */
export function isRefused(error: unknown): boolean {
  return error instanceof KreaAPIError && error.status >= 400 && error.status < 500 && error.status !== 429
}

/** Whether the server may have done what was asked although no answer came. */
export function isUnanswered(error: unknown): boolean {
  return error instanceof ConnectionError || error instanceof TimeoutError
}

/** Why a job did not end well. */
export function jobFault(job: Job): string {
  return job.error?.message ?? job.result?.error ?? 'The server gave no reason.'
}

/** The path of the field at fault, if the server named one. */
export function faultPath(error: unknown): string | null {
  return error instanceof KreaAPIError ? (error.issues[0]?.path ?? null) : null
}
