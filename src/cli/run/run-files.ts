/** All inputs of a run, some at a time; one that fails does not stop the others. */
import { isAfterimageError } from '../../core/errors.ts'
import { mapLimited } from '../../core/map-limited.ts'
import { AuthenticationError, InvalidRequestError, JobFailedError, KreaAPIError } from '../../sdk/index.ts'
import type { RunEvent, RunSummary } from './events.ts'
import type { FileDeps, FileEnd, FileTask } from './run-file.ts'
import { runFile } from './run-file.ts'

export type RunEnd = RunSummary & {
  /** The server's refusal of the request itself, which every file would meet; null when there was none. */
  refusal: KreaAPIError | null
}

/** Runs all tasks, at most `concurrency` at once, and tells the reporter about each. Never rejects. */
export async function runFiles(
  deps: FileDeps,
  tasks: readonly FileTask[],
  concurrency: number,
): Promise<RunEnd> {
  const startedAt = performance.now()
  let refusal: KreaAPIError | null = null
  const isStopping = (): boolean => refusal !== null || deps.isStopping()
  const outcomes = await mapLimited(tasks, concurrency, async (task): Promise<FileEnd | 'failed'> => {
    try {
      return await runFile({ ...deps, isStopping }, task)
    } catch (error) {
      if (isAboutRequest(error)) refusal = error
      deps.reporter.report(toFailure(task, error))
      return 'failed'
    }
  })
  const ends = outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value : 'failed'))
  const count = (end: FileEnd | 'failed'): number => ends.filter((found) => found === end).length
  return {
    completed: count('completed'),
    skipped: count('skipped'),
    failed: count('failed'),
    notStarted: count('not_started'),
    cancelled: count('cancelled'),
    ms: Math.round(performance.now() - startedAt),
    isInterrupted: deps.isStopping(),
    refusal,
  }
}

/** 400 and 401 are about the request and the key; what is wrong with one image is a 422. */
function isAboutRequest(error: unknown): error is KreaAPIError {
  return (
    (error instanceof InvalidRequestError && error.status === 400) || error instanceof AuthenticationError
  )
}

function toFailure({ input }: FileTask, error: unknown): Extract<RunEvent, { event: 'failed' }> {
  const jobId = error instanceof JobFailedError ? error.job.job_id : null
  const isOurs = isAfterimageError(error) || error instanceof KreaAPIError
  const code = isOurs ? (error.code ?? 'unavailable') : 'internal'
  const message = error instanceof Error ? error.message : String(error)
  return { event: 'failed', input, code, message, jobId }
}
