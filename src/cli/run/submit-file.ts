/** Upload and submit, so noted that a crash at any moment neither loses a job nor makes a second one. */
import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import type { Asset } from '../../sdk/index.ts'
import { ConnectionError, ServerError, TimeoutError } from '../../sdk/index.ts'
import { AfterimageError } from '../../core/errors.ts'
import type { InspectedFile } from './inspect-file.ts'
import type { RunModel } from './model.ts'
import { imageField } from './model.ts'
import type { Records, RunRecord } from './records.ts'
import type { RequestFields } from './request.ts'
import { fitRequest } from './request.ts'
import type { RunServer } from './server.ts'

export type SubmitDeps = { server: RunServer; model: RunModel; request: RequestFields; records: Records }

/** `since`: the server's time before the submit. */
export type AcceptedJob = { jobId: string; since: string }

export type Submit = {
  file: InspectedFile
  key: string
  /** Hashes of files that the results may replace. */
  replaces: readonly string[]
}

/**
 * Answers the accepted job, which is noted by then.
 * @throws KreaAPIError when the server refuses; AfterimageError `outcome_unknown` when its answer was lost
 */
export async function submitFile(deps: SubmitDeps, { file, key, replaces }: Submit): Promise<AcceptedJob> {
  const { server, model, request, records } = deps
  const asset = await server.client.assets.upload(await readFile(file.path), {
    filename: basename(file.path),
  })
  const note = {
    input: file.path,
    server: server.id,
    since: asset.uploaded_at,
    outputs: [],
    replaces: [...replaces],
  }
  const noteAs = (phase: RunRecord['phase'], jobId: string | null): Promise<void> =>
    records.write(key, { ...note, phase, jobId })

  await noteAs('submitting', null)
  const input = { ...fitRequest(model, request, file.info), ...imageField(model, asset.image_url) }
  const job = await server.client.generateRaw(model.path, input).catch(async (error: unknown) => {
    if (mayHaveArrived(error)) throw outcomeUnknown(error)
    await Promise.all([records.remove(key), discardAsset(server, asset)])
    throw error
  })
  await noteAs('accepted', job.job_id)
  await discardAsset(server, asset)
  return { jobId: job.job_id, since: note.since }
}

/** A job keeps its own copy of its input; an asset that stays is only litter, so a failure does not matter. */
async function discardAsset(server: RunServer, { id }: Asset): Promise<void> {
  await server.client.assets.delete(id).catch(() => undefined)
}

/** Answers of a server that accepted nothing, when they come from itself and not from a proxy: they have a code. */
const REFUSALS: readonly number[] = [501, 503, 507]

/** Whether a job may exist all the same. */
function mayHaveArrived(error: unknown): boolean {
  if (error instanceof ServerError) return error.code === null || !REFUSALS.includes(error.status)
  return error instanceof ConnectionError || error instanceof TimeoutError
}

function outcomeUnknown(cause: unknown): AfterimageError {
  const reason = cause instanceof Error ? cause.message : 'no answer'
  return new AfterimageError(
    'outcome_unknown',
    `whether the server took the job is not known (${reason}); run the same command again, it looks for the job first`,
    { cause },
  )
}
