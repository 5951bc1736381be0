/** After a crash between a submit and its answer: is the job there? */
import { AfterimageError } from '../../core/errors.ts'
import type { Job } from '../../core/job.ts'
import type { Afterimage, Job as WireJob } from '../../sdk/index.ts'
import { DEFAULT_ACCOUNT } from '../../app/api-keys.ts'
import type { InspectedFile } from './inspect-file.ts'
import type { RunServer } from './server.ts'

export type LostSubmit = {
  file: InspectedFile
  model: string
  prompt: string | null
  /** The server's time before the submit. */
  since: string
  /** Jobs whose input is known; none of them is the lost one. */
  known: ReadonlySet<string>
}

const PAGE = 1000

/**
 * The id of the job that the submit made, or null when it made none.
 * @throws AfterimageError `outcome_unknown` when several jobs may be it and the server does not tell more
 */
export function findLostJob({ state, client }: RunServer, lost: LostSubmit): Promise<string | null> {
  return state === null ? findByLook(client, lost) : findByContent(state, lost)
}

/** Exact: the database knows the hash of each input. */
async function findByContent(
  state: NonNullable<RunServer['state']>,
  { file, model, prompt, since, known }: LostSubmit,
): Promise<string | null> {
  const isIt = ({ id, input, createdAtMicros }: Job): boolean =>
    input.model === model &&
    (prompt === null || input.prompt === prompt) &&
    input.images.some(({ sha256 }) => sha256 === file.sha256) &&
    createdAtMicros >= Date.parse(since) * 1000 &&
    !known.has(id)
  const query = { accountId: DEFAULT_ACCOUNT, beforeMicros: null, limit: PAGE, types: null, status: null }
  return (await state.listJobs(query)).find(isIt)?.id ?? null
}

/** Over the API only the look of a job can be compared: its model, its time and the size of its source. */
async function findByLook(
  client: Afterimage,
  { file, model, since, known }: LostSubmit,
): Promise<string | null> {
  const candidates: WireJob[] = []
  for await (const job of client.jobs.list({ limit: PAGE })) {
    if (Date.parse(job.created_at) < Date.parse(since)) break
    if (!known.has(job.job_id) && mayBe(job, file, model)) candidates.push(job)
  }
  if (candidates.length <= 1) return candidates[0]?.job_id ?? null
  throw new AfterimageError(
    'outcome_unknown',
    `an earlier submit was interrupted, and any of ${candidates.length} jobs may be its own ` +
      `(${candidates.map(({ job_id }) => job_id).join(', ')}); look at them, or --force to submit again`,
  )
}

/** Servers that do not tell the source leave only model and time. */
function mayBe(job: WireJob, { info }: InspectedFile, model: string): boolean {
  const { source } = job as { source?: { width?: number; height?: number } | null }
  const hasSameSize = source == null || (source.width === info.width && source.height === info.height)
  return hasSameSize && (job.model === undefined || job.model === model)
}
