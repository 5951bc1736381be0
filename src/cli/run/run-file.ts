/** One input from its file to its results, going on wherever an earlier run stopped. */
import { resolve } from 'node:path'
import { AfterimageError } from '../../core/errors.ts'
import type { CompletedJob, Job } from '../../sdk/index.ts'
import { JobFailedError } from '../../sdk/index.ts'
import { findEarlierJob } from './earlier-job.ts'
import type { Reporter, RunWarning, WrittenFile } from './events.ts'
import type { FileLimits, InspectedFile } from './inspect-file.ts'
import { inspectFile } from './inspect-file.ts'
import type { Permission } from './place-results.ts'
import { assertTarget, hashFile, isIntact, placeResults } from './place-results.ts'
import type { OpenJobs } from './open-jobs.ts'
import type { RunRecord } from './records.ts'
import { isTakenByOther, recordKey } from './records.ts'
import type { AcceptedJob, SubmitDeps } from './submit-file.ts'
import { submitFile } from './submit-file.ts'
import { numberedTarget, promisedFormat } from './targets.ts'

export type FileTask = { input: string; target: string }

export type FileDeps = SubmitDeps & {
  limits: FileLimits
  reporter: Reporter
  openJobs: OpenJobs
  isForced: boolean
  /** True once the user wants to stop: nothing new is submitted then. */
  isStopping: () => boolean
}

export type FileEnd = 'completed' | 'skipped' | 'not_started' | 'cancelled'

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
  const { task, file, key, permission } = work
  const { reporter } = deps
  const earlier = await findEarlierJob(deps, work.file, work.record)
  if (earlier === null) {
    if (deps.isStopping()) return 'not_started'
    await assertTarget(task.target, permission)
  }
  reporter.report({ event: 'started', input: task.input, output: task.target, isResumed: earlier !== null })
  const submit = (): Promise<AcceptedJob> => submitFile(deps, { file, key, replaces: permission.replaces })
  let accepted = earlier ?? (await submit())
  if (earlier !== null) await note(deps, work, { ...accepted, phase: 'accepted', outputs: [] })
  let job = await waitFor(deps, work, accepted.jobId)
  if (job === 'cancelled' && earlier !== null && !deps.isStopping()) {
    // The end of a cancel that an earlier run asked for when it was stopped.
    accepted = await submit()
    job = await waitFor(deps, work, accepted.jobId)
  }
  const { jobId } = accepted
  if (job === 'cancelled') {
    reporter.report({ event: 'cancelled', input: task.input, jobId })
    return 'cancelled'
  }
  const placed = await placeResults(job.result.urls, task.target, permission)
  const outputs = placed.map(({ path, sha256 }) => ({ path: resolve(path), sha256 }))
  await note(deps, work, { ...accepted, phase: 'done', outputs })
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
  { key, task, permission }: Work,
  news: Pick<RunRecord, 'phase' | 'jobId' | 'since' | 'outputs'>,
): Promise<void> {
  const { replaces } = permission
  return records.write(key, { input: task.input, server: server.id, replaces: [...replaces], ...news })
}

/**
 * A failed job is forgotten, so that the next run submits again.
 * @throws JobFailedError, KreaAPIError
 */
async function waitFor(
  deps: FileDeps,
  { task: { input }, key, record }: Work,
  jobId: string,
): Promise<CompletedJob | 'cancelled'> {
  const { reporter, records, openJobs } = deps
  reporter.report({ event: 'accepted', input, jobId })
  let last = ''
  const tell = (stage: string, percent: number): void => {
    if (last === `${stage} ${percent}`) return
    last = `${stage} ${percent}`
    reporter.report({ event: 'progress', input, stage, percent })
  }
  const onUpdate = ({ progress, status }: Job): void =>
    tell(progress?.stage ?? status, progress?.percent ?? (status === 'completed' ? 100 : 0))
  const onBehind = (behind: number): void => {
    if (last === `behind ${behind}`) return
    last = `behind ${behind}`
    reporter.report({ event: 'waiting', input, behind })
  }
  try {
    return (await openJobs.follow(jobId, { onUpdate, onBehind })) ?? 'cancelled'
  } catch (error) {
    if (!(error instanceof JobFailedError)) throw error
    if (record?.jobId === jobId && error.job.status === 'cancelled') return 'cancelled'
    await records.remove(key)
    throw error
  }
}
