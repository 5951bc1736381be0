/** Live news of a job: pushed by the server where that works, asked for otherwise. */
import { JobFailedError } from '../../../src/sdk/index.ts'
import type { Job } from '../../../src/sdk/index.ts'
import { BASE_URL, krea } from './client.ts'
import { isEnded } from './is-ended.ts'

export type FollowJob = (
  id: string,
  options: { onUpdate: (job: Job) => void; signal: AbortSignal },
) => Promise<Job>

/** Quick at first, because the built-in engine is; the SDK lengthens the pauses and survives outages of a minute. */
const POLL_MS = 500
/** Browsers allow six connections to a server, over all its tabs. Streams hold theirs, so a tab gets one. */
const MAX_STREAMS = 1
let streams = 0

/** Resolves with the job when it has ended, however it did. Rejects when the server stays out of reach. */
export const followJob: FollowJob = async (id, options) => {
  const streamed = streams < MAX_STREAMS ? await followEvents(id, options) : null
  return streamed ?? followPolls(id, options)
}

const followPolls: FollowJob = async (id, { onUpdate, signal }) => {
  try {
    return await krea.jobs.wait(id, { onUpdate, signal, intervalMs: POLL_MS })
  } catch (error) {
    if (error instanceof JobFailedError) return error.job
    throw error
  }
}

/** Null when the stream breaks: polling then finds out whether the server or only the stream is at fault. */
function followEvents(id: string, { onUpdate, signal }: Parameters<FollowJob>[1]): Promise<Job | null> {
  streams += 1
  return new Promise<Job | null>((resolve) => {
    const source = new EventSource(`${BASE_URL}/jobs/${encodeURIComponent(id)}/events`)
    const end = (job: Job | null): void => {
      source.close()
      resolve(job)
    }
    source.addEventListener('message', ({ data }: MessageEvent<string>) => {
      const job = JSON.parse(data) as Job
      onUpdate(job)
      if (isEnded(job.status)) end(job)
    })
    source.addEventListener('error', () => end(null))
    signal.addEventListener('abort', () => end(null), { once: true })
  }).finally(() => {
    streams -= 1
  })
}
