/** Follows the jobs that have not ended, also those of another tab or of before a reload. */
import type { Job } from '../../../src/sdk/index.ts'
import { jobFault } from '../server/faults.ts'
import { followJob } from '../server/follow-job.ts'
import { isEnded } from '../server/is-ended.ts'
import { keepJob, noteFault, queries } from '../server/queries.ts'
import { announce, studio } from '../store/studio.ts'

const followed = new Map<string, AbortController>()
const TELL_EVERY_PERCENT = 25

/** Safe to call again and again for the same job. */
export function track(job: Pick<Job, 'job_id' | 'status'>): void {
  const { job_id: id } = job
  if (isEnded(job.status) || followed.has(id)) return
  const controller = new AbortController()
  followed.set(id, controller)
  studio.set(({ running }) => ({ running: [...running.filter((other) => other !== id), id] }))
  void follow(id, controller.signal)
}

async function follow(id: string, signal: AbortSignal): Promise<void> {
  let told = 0
  const onUpdate = (job: Job): void => {
    keepJob(job)
    if (!studio.get().isOnline) studio.set({ isOnline: true })
    const percent = job.progress?.percent ?? 0
    if (percent - told < TELL_EVERY_PERCENT || isEnded(job.status)) return
    told = percent
    announce(`${Math.round(percent)} percent`)
  }
  try {
    const job = await followJob(id, { onUpdate, signal })
    keepJob(job)
    announce(endText(job))
  } catch (error) {
    noteFault(error)
  } finally {
    followed.delete(id)
    studio.set(({ running }) => ({ running: running.filter((other) => other !== id) }))
    void queries.invalidateQueries({ queryKey: ['jobs'] })
    // They are made with the end of the job.
    void queries.invalidateQueries({ queryKey: ['deliveries', id] })
  }
}

function endText(job: Job): string {
  if (job.status === 'completed') return 'The picture is ready.'
  return job.status === 'cancelled' ? 'The job was cancelled.' : `The job failed: ${jobFault(job)}`
}
