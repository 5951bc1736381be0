/**
 * Live news of a job. One small interface, so that events pushed by the server can take the place of polling
 * without another part of the page noticing.
 */
import { JobFailedError } from '../../../src/sdk/index.ts'
import type { Job } from '../../../src/sdk/index.ts'
import { krea } from './client.ts'

export type FollowJob = (
  id: string,
  options: { onUpdate: (job: Job) => void; signal: AbortSignal },
) => Promise<Job>

/** Quick at first, because the built-in engine is; the SDK lengthens the pauses and survives outages of a minute. */
const POLL_MS = 500

/** Resolves with the job when it has ended, however it did. Rejects when the server stays out of reach. */
export const followJob: FollowJob = async (id, { onUpdate, signal }) => {
  try {
    return await krea.jobs.wait(id, { onUpdate, signal, intervalMs: POLL_MS })
  } catch (error) {
    if (error instanceof JobFailedError) return error.job
    throw error
  }
}
