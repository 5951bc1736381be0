/** The one way into a terminal state, and the one way back into the queue. */
import { AfterimageError } from '../core/errors.ts'
import type { Attempt, Cost, Geometry, Job, JobError, Output, RecipeStep, Warning } from '../core/job.ts'
import type { Outcome, StoredFile } from '../core/ports.ts'
import { UNSTORED_MS } from '../core/retention.ts'
import { keptKey } from '../core/reuse-result.ts'
import { stillTrue } from '../core/still-true.ts'
import { makeDelivery } from './deliveries.ts'
import { type JobRow, previewOf, toJob, toJson, warningsOf } from './job-row.ts'
import { settlement } from './ledger.ts'
import { all, type Script, type Statement, statement } from './script.ts'
import * as accounts from './statements/accounts.ts'
import * as files from './statements/files.ts'
import * as jobs from './statements/jobs.ts'

const UNKNOWN_COST: Cost = { microUsd: null, basis: 'unknown', computeUnits: null }

type Ending = {
  outcome: Outcome
  now: number
  attempts: readonly Attempt[]
  /** The worker that finished the job, so that it may repeat the call; null for every other end. */
  finishedBy: string | null
  defaultConcurrency: number
}

/**
 * Ends a job that the caller holds in this transaction and that has not ended: writes the result, makes its
 * outputs public files, settles what was set aside for it, gives the room it leaves to the oldest backlogged job of the account, and makes the delivery
 * to its webhook.
 */
export function* endJob(held: JobRow, ending: Ending): Script<Job> {
  const result = resultOf(held, ending.outcome)
  const expiresAt = expiryOf(held, ending.now)
  const [[ended] = []] = yield* all([
    statement(
      jobs.END,
      ending.outcome.status,
      ending.now,
      ending.finishedBy,
      JSON.stringify(ending.attempts),
      JSON.stringify(result.outputs),
      JSON.stringify(result.warnings),
      toJson(result.recipe),
      toJson(result.geometry),
      JSON.stringify(result.cost),
      toJson(result.error),
      expiresAt,
      held.no_store === 1 ? '[]' : held.input_blobs,
      ending.outcome.status === 'completed' ? keptKey(held.reuse_key, ending.outcome.revision) : null,
      held.id,
    ),
    ...withoutPreview(held),
    ...result.outputs.map((output) =>
      publish(output, { accountId: held.account_id, expiresAt, isPreview: false }),
    ),
    ...settlement(held, { ...ending, cost: result.cost }),
    statement(accounts.LEAVE_PENDING, held.account_id),
    fillRoom(held.account_id, ending.defaultConcurrency),
  ])
  if (ended === undefined) throw new AfterimageError('internal', `Job ${held.id} vanished while it was held.`)
  const job = toJob(ended as JobRow)
  yield* makeDelivery(job, held.webhook, ending.now)
  return job
}

/**
 * A result has its whole time from the end of the job: one that waited long would else be gone before anybody could
 * fetch it. A job that is not stored has an hour; whoever ended it removes the bytes of its inputs, which no row names now.
 */
function expiryOf({ no_store, expires_at, created_at }: JobRow, now: number): number | null {
  const keptMs = expires_at === null ? Infinity : expires_at - Math.floor(created_at / 1000)
  const limitMs = no_store === 1 ? Math.min(keptMs, UNSTORED_MS) : keptMs
  return limitMs === Infinity ? null : now + limitMs
}

type Result = {
  outputs: readonly Output[]
  warnings: readonly Warning[]
  recipe: readonly RecipeStep[] | null
  geometry: Geometry | null
  cost: Cost
  error: JobError | null
}

function resultOf(held: JobRow, outcome: Outcome): Result {
  const planned = warningsOf(held)
  if (outcome.status === 'completed') {
    const warnings = union(stillTrue(planned, outcome.warnings), outcome.warnings)
    return { ...outcome, warnings, error: null }
  }
  const none = { outputs: [], recipe: null, geometry: null }
  if (outcome.status === 'cancelled') return { ...none, warnings: planned, cost: UNKNOWN_COST, error: null }
  return {
    ...none,
    warnings: union(planned, outcome.warnings),
    cost: outcome.cost ?? UNKNOWN_COST,
    error: outcome.error,
  }
}

/** The plan's warnings come first; a worker may hand them in again. */
function union(planned: readonly Warning[], added: readonly Warning[]): readonly Warning[] {
  const seen = new Set<string>()
  return [...planned, ...added].filter(({ code, path, message }) => {
    const key = JSON.stringify([code, path, message])
    return !seen.has(key) && seen.add(key)
  })
}

type Published = Pick<StoredFile, 'blobKey' | 'contentType' | 'bytes' | 'sha256'> & { fileId: string }

/** Makes a blob readable under /files/{fileId}. */
export function publish(
  { fileId, blobKey, contentType, bytes, sha256 }: Published,
  { accountId, expiresAt, isPreview }: Pick<StoredFile, 'accountId' | 'expiresAt' | 'isPreview'>,
): Statement {
  const kind = isPreview ? 1 : 0
  return statement(files.INSERT, fileId, blobKey, contentType, bytes, sha256, accountId, expiresAt, kind)
}

/** Takes the file of the preview that the row had when it was held; whoever wrote its bytes removes them. */
export function withoutPreview(held: Pick<JobRow, 'preview'>): readonly Statement[] {
  const preview = previewOf(held)
  return preview === null ? [] : [statement(files.DELETE, preview.fileId)]
}

/** Shows the oldest backlogged jobs of an account as queued, as far as it and their keys have room. The account is held. */
export function fillRoom(accountId: string, defaultConcurrency: number): Statement {
  const room = [defaultConcurrency, accountId]
  return statement(accounts.PROMOTE_BACKLOGGED, accountId, accountId, ...room, ...room)
}

/**
 * Puts a running job that the caller holds back into the queue: at once, where it keeps its room and its age, or
 * after a delay, when its room goes to the oldest backlogged job meanwhile.
 * @param next `runAt` in milliseconds, or null for at once
 */
export function* returnJob(
  held: JobRow,
  next: { runAt: number | null; spent: number; attempts: readonly Attempt[]; defaultConcurrency: number },
): Script<void> {
  const phase = next.runAt === null ? 'waiting' : 'delayed'
  yield* all([
    statement(jobs.RETURN, phase, next.runAt, next.spent, JSON.stringify(next.attempts), held.id),
    ...withoutPreview(held),
    statement(accounts.HOLD, held.account_id),
    fillRoom(held.account_id, next.defaultConcurrency),
  ])
}
