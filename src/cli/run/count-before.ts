import { isTerminal, JOB_STATUSES } from '../../core/job.ts'
import type { Afterimage, Job } from '../../sdk/index.ts'

const PENDING = JOB_STATUSES.filter((status) => !isTerminal(status))
/** Of each status; more are not told apart by anybody who waits. */
const LIMIT = 100

/**
 * How many jobs the server has for the same engine that it was given before this one and has not ended. Only those that
 * the key may see: of other accounts nothing is known.
 * @param own jobs of this run, which are not counted
 */
export async function countBefore(
  client: Pick<Afterimage, 'jobs'>,
  { created_at: since, engine }: Job,
  own: ReadonlySet<string>,
): Promise<number> {
  const pages = await Promise.all(PENDING.map((status) => client.jobs.list({ status, limit: LIMIT })))
  const others = pages.flatMap(({ items }) => items).filter(({ job_id: id }) => !own.has(id))
  return others.filter((job) => job.engine === engine && job.created_at < since).length
}
