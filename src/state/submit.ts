import { AfterimageError } from '../core/errors.ts'
import type { Job } from '../core/job.ts'
import type { NewJob } from '../core/ports.ts'
import { type JobRow, toJob, toJson } from './job-row.ts'
import { holdFor } from './ledger.ts'
import { all, row, rows, type Script, type Statement, statement } from './script.ts'
import * as accounts from './statements/accounts.ts'
import * as jobs from './statements/jobs.ts'

/**
 * Finds a creation time in microseconds, later than that of everything else in the account: cursors page by it, and
 * equal times would lose rows. Also counts the account's jobs that have not ended. An insert in the same exchange takes
 * the time by `LAST_STAMP`.
 */
export function stamp(accountId: string, micros: number, newJobs: 0 | 1): Statement {
  return statement(accounts.STAMP, accountId, micros, newJobs)
}

/**
 * Stores a job. The same id again answers what is stored and changes nothing, so a commit of unknown outcome can be
 * repeated.
 * @throws AfterimageError `conflict` when the id belongs to another account; as `holdFor`
 */
export function* submitJob(job: NewJob, context: { now: number; defaultConcurrency: number }): Script<Job> {
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
    ),
  ])
  if (inserted === undefined) return yield* findTwin(job)
  const stored = toJob(inserted as JobRow)
  if (job.terms) yield* holdFor(stored, job.terms, context.now)
  return stored
}

/** Looked for only after the insert was refused: looking first would miss a twin that commits in between. */
function* findTwin({ id, accountId }: NewJob): Script<Job> {
  const twin = yield* row<JobRow>(jobs.GET_OF_ACCOUNT, id, accountId)
  if (twin === null) throw new AfterimageError('conflict', 'A job with this id already exists; use a new id.')
  yield* rows(accounts.LEAVE_PENDING, accountId)
  return toJob(twin)
}
