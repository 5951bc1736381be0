import { AfterimageError } from '../core/errors.ts'
import type { SharedResult, Sharing } from '../core/idempotency.ts'
import type { NewJob } from '../core/ports.ts'
import { type JobRow, toJob } from './job-row.ts'
import type { Moment } from './lease.ts'
import { all, row, type Script, statement } from './script.ts'
import * as keys from './statements/idempotency.ts'
import * as jobs from './statements/jobs.ts'
import { submitJob } from './submit.ts'

/** No caller's key begins with a space. */
const PREFIX = ' same '

/**
 * Stores a job, or finds the one that an identical submit made and that has not ended. Twins wait for each other at the
 * row of their fingerprint: `TAKE` keeps it also where it is taken.
 */
export function* submitShared(job: NewJob, sharing: Sharing, moment: Moment): Script<SharedResult> {
  const { now } = moment
  const [key, expiresAt] = [PREFIX + sharing.fingerprint, now + sharing.windowMs]
  const [, [taken] = []] = yield* all([
    statement(keys.FORGET_EXPIRED, now),
    statement(keys.TAKE, job.accountId, key, sharing.fingerprint, expiresAt, now),
  ])
  const earlier = taken === undefined ? yield* findPending(job.accountId, key, now) : null
  if (earlier !== null) return { job: toJob(earlier), isJoined: true }
  const stored = yield* submitJob(job, moment)
  yield* all([statement(keys.POINT, stored.id, expiresAt, job.accountId, key)])
  return { job: stored, isJoined: false }
}

function* findPending(accountId: string, key: string, now: number): Script<JobRow | null> {
  const found = yield* row<{ answer: string }>(keys.FIND, accountId, key, now)
  if (found === null) throw new AfterimageError('internal', 'A submit to join was found and is gone.')
  const job = yield* row<JobRow>(jobs.GET_OF_ACCOUNT, found.answer, accountId)
  return job === null || job.phase === 'ended' ? null : job
}
