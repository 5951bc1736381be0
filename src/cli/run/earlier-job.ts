/** The job that an earlier run gave to the server for the same input, so that none is made twice. */
import { AfterimageError } from '../../core/errors.ts'
import { NotFoundError } from '../../sdk/index.ts'
import { findLostJob } from './find-lost-job.ts'
import type { InspectedFile } from './inspect-file.ts'
import type { RunRecord } from './records.ts'
import type { AcceptedJob, SubmitDeps } from './submit-file.ts'

type EarlierDeps = SubmitDeps & { isForced: boolean }

/**
 * The job to go on with, or null when the input has to be submitted. With `--force` finished work is done again, but
 * work under way is picked up.
 * @throws AfterimageError `conflict` when another server has the job, `outcome_unknown` when it cannot be told from others
 */
export async function findEarlierJob(
  deps: EarlierDeps,
  file: InspectedFile,
  record: RunRecord | null,
): Promise<AcceptedJob | null> {
  if (record === null || (record.phase === 'done' && deps.isForced)) return null
  const { since } = record
  const isHere = record.server === deps.server.id
  // Its results are gone from their place; while the server has the job, they need not be made again.
  if (record.phase === 'done') return isHere ? existingJob(deps, record) : null
  if (!isHere) return deps.isForced ? null : refuseOtherServer(record)
  if (record.phase === 'accepted') return existingJob(deps, record)
  const jobId = await findLost(deps, file, record).catch((error: unknown) => {
    if (deps.isForced) return null
    throw error
  })
  return jobId === null ? null : { jobId, since }
}

function refuseOtherServer({ server }: RunRecord): never {
  throw new AfterimageError(
    'conflict',
    `an earlier run gave it to the server on ${server}, which this run does not use; --force submits it again`,
  )
}

async function findLost(
  { server, model, records, request }: EarlierDeps,
  file: InspectedFile,
  { since }: RunRecord,
): Promise<string | null> {
  const prompt = typeof request['prompt'] === 'string' ? request['prompt'] : null
  return findLostJob(server, { file, model: model.id, prompt, since, known: await records.knownJobs() })
}

/** The job if the server still knows it and it may yet give a result. */
async function existingJob(
  { server }: EarlierDeps,
  { jobId, since }: RunRecord,
): Promise<AcceptedJob | null> {
  if (jobId === null) return null
  try {
    const { status } = await server.client.jobs.get(jobId)
    return status === 'failed' || status === 'cancelled' ? null : { jobId, since }
  } catch (error) {
    if (error instanceof NotFoundError) return null
    throw error
  }
}
