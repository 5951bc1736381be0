/** One input from its file to its results, going on wherever an earlier run stopped. */
import { resolve } from 'node:path'
import { AfterimageError } from '../../core/errors.ts'
import type { CompletedJob, Job } from '../../sdk/index.ts'
import { JobFailedError, NotFoundError } from '../../sdk/index.ts'
import type { Reporter, RunWarning, WrittenFile } from './events.ts'
import { findLostJob } from './find-lost-job.ts'
import type { FileLimits, InspectedFile } from './inspect-file.ts'
import { inspectFile } from './inspect-file.ts'
import type { Permission } from './place-results.ts'
import { assertTarget, hashFile, isIntact, placeResults } from './place-results.ts'
import type { RunRecord } from './records.ts'
import { isTakenByOther, recordKey } from './records.ts'
import type { SubmitDeps } from './submit-file.ts'
import { submitFile } from './submit-file.ts'
import { numberedTarget, promisedFormat } from './targets.ts'

export type FileTask = { input: string; target: string }

export type FileDeps = SubmitDeps & {
  limits: FileLimits
  reporter: Reporter
  isForced: boolean
  /** True once the user wants to stop: nothing new is submitted then. */
  isStopping: () => boolean
}

export type FileEnd = 'completed' | 'skipped' | 'not_started'

type Work = {
  task: FileTask
  file: InspectedFile
  key: string
  record: RunRecord | null
  permission: Permission
  startedAt: number
}

/** @throws AfterimageError, KreaAPIError: why this file failed */
export async function runFile(deps: FileDeps, task: FileTask): Promise<FileEnd> {
  if (deps.isStopping()) return 'not_started'
  const startedAt = performance.now()
  const file = await inspectFile(task.input, deps.limits)
  const key = keyOf(deps, task, file)
  const record = await deps.records.read(key)
  if (record !== null && isTakenByOther(record))
    throw new AfterimageError('conflict', `process ${record.pid} works on it already; wait for that one`)
  if (record?.phase === 'done' && !deps.isForced && (await isIntact(record))) {
    const outputs = record.outputs.map((_, index) => numberedTarget(task.target, index))
    deps.reporter.report({ event: 'skipped', input: task.input, outputs })
    return 'skipped'
  }
  const permission = { isForced: deps.isForced, replaces: await replaceable(deps, task, record) }
  return produce(deps, { task, file, key, record, permission, startedAt })
}

/** The server is not part of it: its folder or address names the place where records lie. */
function keyOf({ model, request }: FileDeps, { target }: FileTask, { sha256 }: InspectedFile): string {
  return recordKey({ model: model.id, request, target: resolve(target), sha256 })
}

/** With `--force` the present file is noted, so that a resumed run may replace it without the flag. */
async function replaceable(
  { isForced }: FileDeps,
  { target }: FileTask,
  record: RunRecord | null,
): Promise<string[]> {
  const known = [...(record?.replaces ?? []), ...(record?.outputs ?? []).map(({ sha256 }) => sha256)]
  const present = isForced ? await hashFile(target) : null
  return [...new Set([...known, ...(present === null ? [] : [present])])]
}

async function produce(deps: FileDeps, work: Work): Promise<FileEnd> {
  const { task, file, key, record, permission } = work
  const { reporter } = deps
  const earlier = await findEarlierJob(deps, work)
  if (earlier === null) {
    if (deps.isStopping()) return 'not_started'
    await assertTarget(task.target, permission)
  }
  reporter.report({ event: 'started', input: task.input, output: task.target, isResumed: earlier !== null })
  const jobId = earlier ?? (await submitFile(deps, { file, key, replaces: permission.replaces }))
  if (earlier !== null && record !== null) await note(deps, work, { phase: 'accepted', jobId, outputs: [] })
  reporter.report({ event: 'accepted', input: task.input, jobId })
  const job = await waitFor(deps, work, jobId)
  const placed = await placeResults(job.result.urls, task.target, permission)
  const outputs = placed.map(({ path, sha256 }) => ({ path: resolve(path), sha256 }))
  await note(deps, work, { phase: 'done', jobId, outputs })
  reporter.report({
    event: 'completed',
    input: task.input,
    jobId,
    engine: job.engine ?? null,
    outputs: placed.map(({ path, bytes, contentType }) => ({ path, bytes, contentType })),
    warnings: [...(job.warnings ?? []), ...placed.flatMap(endingWarnings)],
    recipe: job.recipe ?? [],
    ms: Math.round(performance.now() - work.startedAt),
  })
  return 'completed'
}

/** A model that knows one format only gives that one, whatever the file is called. */
function endingWarnings({ path, contentType }: WrittenFile): RunWarning[] {
  const promised = promisedFormat(path)
  if (promised === null || contentType.startsWith(`image/${promised}`)) return []
  const message = `${path} holds ${contentType}, which its ending does not say`
  return [{ code: 'output_format_differs', path: 'output_format', message }]
}

function note(
  { records, server }: FileDeps,
  { key, task, record, permission }: Work,
  news: Pick<RunRecord, 'phase' | 'jobId' | 'outputs'>,
): Promise<void> {
  const since = record?.since ?? new Date().toISOString()
  return records.write(key, {
    input: task.input,
    server: server.id,
    since,
    replaces: [...permission.replaces],
    ...news,
  })
}

/** The job of an earlier run that was stopped, or null when there is none to go on with. */
async function findEarlierJob(deps: FileDeps, { file, record }: Work): Promise<string | null> {
  const { server, model, records, isForced, request } = deps
  if (record === null || record.phase === 'done') return isForced ? null : finishedJob(deps, record)
  if (record.server !== server.id) {
    if (isForced) return null
    throw new AfterimageError(
      'conflict',
      `an earlier run gave it to the server on ${record.server}, which this run does not use; --force submits it again`,
    )
  }
  if (record.phase === 'accepted') return existingJob(deps, record.jobId)
  const prompt = typeof request['prompt'] === 'string' ? request['prompt'] : null
  const lost = { file, model: model.id, prompt, since: record.since, known: await records.knownJobs() }
  return findLostJob(server, lost).catch((error: unknown) => {
    if (isForced) return null
    throw error
  })
}

/** Results that were moved away are fetched again while the server has them. */
async function finishedJob(deps: FileDeps, record: RunRecord | null): Promise<string | null> {
  return record?.server === deps.server.id ? existingJob(deps, record.jobId) : null
}

/** The id if the server still knows the job and it may yet give a result. */
async function existingJob({ server }: FileDeps, jobId: string | null): Promise<string | null> {
  if (jobId === null) return null
  try {
    const { status } = await server.client.jobs.get(jobId)
    return status === 'failed' || status === 'cancelled' ? null : jobId
  } catch (error) {
    if (error instanceof NotFoundError) return null
    throw error
  }
}

/** A failed job is forgotten, so that the next run submits again. */
async function waitFor(deps: FileDeps, { task, key }: Work, jobId: string): Promise<CompletedJob> {
  const { server, reporter, records } = deps
  let last = ''
  const onUpdate = ({ progress, status }: Job): void => {
    const { stage, percent } = progress ?? { stage: status, percent: 0 }
    if (last === `${stage} ${percent}`) return
    last = `${stage} ${percent}`
    reporter.report({ event: 'progress', input: task.input, stage, percent })
  }
  return server.client.jobs.wait(jobId, { onUpdate }).catch(async (error: unknown) => {
    if (error instanceof JobFailedError) await records.remove(key)
    throw error
  })
}
