import { AfterimageError } from '../core/errors.ts'
import type { Job } from '../core/job.ts'
import type { NewJob } from '../core/ports.ts'
import { endJob } from './end-job.ts'
import { type JobRow, toJob, toJson } from './job-row.ts'
import { holdFor } from './ledger.ts'
import { all, row, rows, type Script, statement } from './script.ts'
import { stamp } from './stamp.ts'
import * as accounts from './statements/accounts.ts'
import * as jobs from './statements/jobs.ts'

/**
 * Stores a job. The same id again answers what is stored and changes nothing, so a commit of unknown outcome can be
 * repeated. A job that reuses a result has ended with it.
 * @throws AfterimageError `conflict` when the id belongs to another account, or when that result is gone; as `holdFor`
 */
export function* submitJob(job: NewJob, context: { now: number; defaultConcurrency: number }): Script<Job> {
  if (job.reuse) yield* holdReused(job, context.now)
  const [keyId, keyLimit] = [job.terms?.keyId ?? null, job.terms?.concurrency ?? null]
  const [, [inserted] = []] = yield* all([
    stamp(job.accountId, context.now * 1000, 1),
    statement(
      jobs.INSERT,
      context.defaultConcurrency,
      job.accountId,
      keyLimit,
      keyId,
      job.id,
      job.accountId,
      job.type,
      job.plan.queue,
      job.accountId,
      job.expiresAt,
      job.model,
      job.plan.engine,
      job.parentJobId,
      JSON.stringify(job.input.images.map(({ blobKey }) => blobKey)),
      JSON.stringify(job.plan.estimate),
      JSON.stringify(job.plan.warnings),
      JSON.stringify(job.input),
      toJson(job.webhook ?? null),
      keyId,
      keyLimit,
      job.terms?.heldMicroUsd ?? null,
      job.input.options.isStored ? 0 : 1,
      job.fallback ?? null,
      job.reuseKey ?? null,
    ),
  ])
  if (inserted === undefined) return yield* findTwin(job)
  const newRow = inserted as JobRow
  if (job.reuse)
    return yield* endJob(newRow, { ...context, outcome: job.reuse.outcome, attempts: [], finishedBy: null })
  const stored = toJob(newRow)
  if (job.terms) yield* holdFor(stored, job.terms, context.now)
  return stored
}

/**
 * The result must be there to the end of this transaction: whoever deleted a job has been promised that nobody gets its
 * result any more. Before the stamp, because whoever holds an account waits for no job.
 */
function* holdReused({ accountId, reuse }: NewJob, now: number): Script<void> {
  const held = yield* row(jobs.HOLD_REUSABLE, reuse?.jobId ?? '', accountId, now)
  if (held === null)
    throw new AfterimageError('conflict', 'The result that this request was to reuse is gone.')
}

/** Looked for only after the insert was refused: looking first would miss a twin that commits in between. */
function* findTwin({ id, accountId }: NewJob): Script<Job> {
  const twin = yield* row<JobRow>(jobs.GET_OF_ACCOUNT, id, accountId)
  if (twin === null) throw new AfterimageError('conflict', 'A job with this id already exists; use a new id.')
  yield* rows(accounts.LEAVE_PENDING, accountId)
  return toJob(twin)
}
