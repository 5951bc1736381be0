import type { Job } from '../../../src/sdk/index.ts'
import { isEnded } from '../server/is-ended.ts'

/**
 * Why a job has not begun, as far as this account can know: its own jobs on the same engine that were there before.
 * @param jobs what the history has loaded, in any order
 */
export function waitingText(
  job: Pick<Job, 'job_id' | 'status' | 'engine' | 'created_at'>,
  jobs: readonly Job[],
): string {
  const before = jobs.filter(
    ({ job_id: id, status, engine, created_at: since }) =>
      id !== job.job_id &&
      !isEnded(status) &&
      placeOf(engine) === placeOf(job.engine) &&
      since < job.created_at,
  )
  if (before.length === 0)
    return job.status === 'backlogged'
      ? 'Waiting: other jobs of yours are running'
      : 'Waiting for a free place'
  const count = before.length === 1 ? 'one job' : `${before.length} jobs`
  const percent = Math.max(0, ...before.map(({ progress }) => progress?.percent ?? 0))
  const done = before.length === 1 && percent > 0 ? `, ${Math.round(percent)} % done` : ''
  return `Waiting behind ${count} of yours${done}`
}

/** Engines that wait for the same places: the built-in ones, and OpenAI's two ways. */
function placeOf(engine: string | undefined): string | undefined {
  return engine?.replace(/^afterimage\/.*$/u, 'afterimage').replace(/^openai-responses$/u, 'openai')
}
