/** The jobs that a run has at its server: followed to their end, and cancelled there when the user stops. */
import type { Afterimage, CompletedJob, Job } from '../../sdk/index.ts'
import { JobFailedError } from '../../sdk/index.ts'
import { countBefore } from './count-before.ts'

export type JobWatch = {
  onUpdate: (job: Job) => void
  /** While it waits: how many other jobs the server was given before it. */
  onBehind: (count: number) => void
}

export type OpenJobs = {
  /** Waits for the job; null when it was cancelled because the user stops. @throws JobFailedError, KreaAPIError */
  follow: (jobId: string, watch: JobWatch) => Promise<CompletedJob | null>
  /** From now on a job that has not begun is cancelled, also one that is followed later; what runs is waited for. */
  stop: () => void
  /** Cancels all at the server and ends every wait, whether the server answers or not. */
  abandon: () => void
}

type OpenJob = {
  id: string
  watch: JobWatch
  ending: AbortController
  latest: Job | null
  /** What stands when the user stops is settled once: a job that ran then is not cancelled when it waits again. */
  isSettled: boolean
  isCancelled: boolean
}

/** The server must be asked while the user waits for his prompt. */
const CANCEL_MS = 2000
const LOOK_EVERY_MS = 2000

export function createOpenJobs(client: Afterimage): OpenJobs {
  const open = new Set<OpenJob>()
  let state: 'going' | 'stopping' | 'abandoned' = 'going'
  const settle = (job: OpenJob, now: Job): void => {
    if (job.isSettled || state === 'going') return
    job.isSettled = true
    if (mayCancel(now)) void cancel(client, job)
  }
  let looking: NodeJS.Timeout | null = null
  return {
    follow: async (id, watch) => {
      const fresh = { latest: null, isSettled: false, isCancelled: false }
      const job: OpenJob = { id, watch, ending: new AbortController(), ...fresh }
      const { signal } = job.ending
      open.add(job)
      looking ??= setInterval(() => void tellWaiting(client, open), LOOK_EVERY_MS).unref()
      const onUpdate = (now: Job): void => {
        job.latest = now
        watch.onUpdate(now)
        settle(job, now)
      }
      try {
        if (state === 'abandoned') await cancel(client, job, { isLast: true })
        return await client.jobs.wait(id, { signal, onUpdate })
      } catch (error) {
        if (signal.aborted || (job.isCancelled && isEndOfCancel(error))) return null
        throw error
      } finally {
        open.delete(job)
        if (open.size === 0 && looking !== null) {
          clearInterval(looking)
          looking = null
        }
      }
    },
    stop: () => {
      state = 'stopping'
      for (const job of open)
        // What was heard last may be old: an event of a job that has just begun is on its way.
        void client.jobs.get(job.id).then(
          (now) => settle(job, now),
          () => undefined,
        )
    },
    abandon: () => {
      state = 'abandoned'
      for (const job of open) void cancel(client, job, { isLast: true })
    },
  }
}

/** A job of a vendor that was tried before may be paid for and lie there ready. */
function mayCancel({ status, attempts = [], engine = '' }: Job): boolean {
  return isWaiting(status) && (attempts.length === 0 || engine.startsWith('afterimage/'))
}

function isWaiting(status: Job['status'] | undefined): boolean {
  return status === 'queued' || status === 'backlogged'
}

/** A job that could not be cancelled is picked up by the same command; one that ended first needs no end of its wait. */
async function cancel(client: Afterimage, job: OpenJob, { isLast = false } = {}): Promise<void> {
  job.isCancelled = true
  const now = await client.jobs.cancel(job.id, { timeoutMs: CANCEL_MS }).catch(() => null)
  const hasEnded = now?.status === 'completed' || now?.status === 'failed'
  if (hasEnded || (now === null && !isLast)) return
  job.ending.abort()
}

function isEndOfCancel(error: unknown): boolean {
  return error instanceof JobFailedError && error.job.status === 'cancelled'
}

/** The oldest that waits stands for all: those behind it are the run's own. */
async function tellWaiting(client: Afterimage, open: ReadonlySet<OpenJob>): Promise<void> {
  const waiting = [...open].filter(({ latest }) => isWaiting(latest?.status))
  const oldest = waiting[0]?.latest ?? null
  if (oldest === null) return
  const own = new Set([...open].map(({ id }) => id))
  const count = await countBefore(client, oldest, own).catch(() => 0)
  if (count > 0) for (const { latest, watch } of waiting) if (isWaiting(latest?.status)) watch.onBehind(count)
}
