/** Live news of a job: pushed by the server where that works, asked for otherwise. */
import { JobFailedError } from '../../../src/sdk/index.ts'
import type { Job } from '../../../src/sdk/index.ts'
import { krea } from './client.ts'
import { isEnded } from './is-ended.ts'

export type FollowJob = (
  id: string,
  options: { onUpdate: (job: Job) => void; signal: AbortSignal },
) => Promise<Job>

/** Browsers allow six connections to a server, over all its tabs. Streams hold theirs, so a tab gets one. */
const MAX_STREAMS = 1
/** Between two questions about a job that has no stream. */
const POLL_MS = 1000
let streams = 0

/** Resolves with the job when it has ended, however it did. Rejects when the server stays out of reach. */
export const followJob: FollowJob = (id, options) =>
  streams < MAX_STREAMS ? followStream(id, options) : followPolls(id, options)

/** The SDK follows the events, and asks where there are none; it survives outages of a minute. */
const followStream: FollowJob = async (id, options) => {
  streams += 1
  try {
    return await krea.jobs.wait(id, { ...options, intervalMs: POLL_MS })
  } catch (error) {
    if (error instanceof JobFailedError) return error.job
    throw error
  } finally {
    streams -= 1
  }
}

const followPolls: FollowJob = async (id, { onUpdate, signal }) => {
  for (;;) {
    const job = await krea.jobs.get(id, { signal })
    onUpdate(job)
    if (isEnded(job.status)) return job
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  }
}
