/** What an account may ask about its jobs and do to them. */
import { AfterimageError } from '../core/errors.ts'
import type { Job } from '../core/job.ts'
import type { JobQuery } from '../core/ports.ts'
import { endJob, fillRoom } from './end-job.ts'
import { attemptsOf, type JobRow, toJob } from './job-row.ts'
import type { Moment } from './lease.ts'
import { all, row, rows, type Script, statement } from './script.ts'
import * as accounts from './statements/accounts.ts'
import * as jobs from './statements/jobs.ts'

export function* getJob(id: string, accountId: string): Script<Job | null> {
  const found = yield* row<JobRow>(jobs.GET_OF_ACCOUNT, id, accountId)
  return found === null ? null : toJob(found)
}

/** The newest first. An empty list of types matches nothing. */
export function* listJobs(query: JobQuery): Script<readonly Job[]> {
  const types = query.types === null ? [] : [...new Set(query.types)]
  if (query.types !== null && types.length === 0) return []
  const status = query.status === null ? [] : [query.status]
  const text = jobs.listText(types.length, status.length > 0)
  const before = query.beforeMicros ?? Number.MAX_SAFE_INTEGER
  const found = yield* rows<JobRow>(text, query.accountId, before, ...types, ...status, query.limit)
  return found.map(toJob)
}

export function* findReusable(
  accountId: string,
  wanted: { key: string; engine: string },
  now: number,
): Script<Job | null> {
  const found = yield* row<JobRow>(jobs.FIND_REUSABLE, accountId, wanted.key, wanted.engine, now)
  return found === null ? null : toJob(found)
}

/** Ends a job that waits; asks the worker of one that runs; leaves one that has ended as it is. */
export function* cancelJob(id: string, accountId: string, moment: Moment): Script<Job | null> {
  const held = yield* row<JobRow>(jobs.HOLD_PENDING, id, accountId)
  if (held === null) return yield* getJob(id, accountId)
  if (held.phase === 'running') {
    const asked = yield* row<JobRow>(jobs.REQUEST_CANCEL, id)
    return asked === null ? null : toJob(asked)
  }
  const outcome = { status: 'cancelled' } as const
  return yield* endJob(held, { ...moment, outcome, attempts: attemptsOf(held), finishedBy: null })
}

/** @throws AfterimageError `invalid_request` for anything but a whole number of at least 0; 0 pauses the account */
export function* setConcurrency(
  accountId: string,
  maxRunning: number,
  defaultConcurrency: number,
): Script<void> {
  if (!Number.isSafeInteger(maxRunning) || maxRunning < 0)
    throw new AfterimageError(
      'invalid_request',
      `concurrency: ${maxRunning} is not a whole number of at least 0.`,
    )
  yield* all([
    statement(accounts.SET_CONCURRENCY, accountId, maxRunning),
    fillRoom(accountId, defaultConcurrency),
  ])
}

export function* getRetention(accountId: string): Script<number | null> {
  const found = yield* row<{ retention_seconds: number | null }>(accounts.GET_RETENTION, accountId)
  return found?.retention_seconds ?? null
}

export function* setRetention(accountId: string, seconds: number | null): Script<void> {
  yield* rows(accounts.SET_RETENTION, accountId, seconds)
}

export function* countPending(): Script<number> {
  return (yield* row<{ n: number }>(accounts.COUNT_PENDING))?.n ?? 0
}
