/** A row of `deliveries` and what it says. */
import type { Delivery, DeliveryAttempt, DeliveryResponse, DeliveryStatus } from '../core/delivery.ts'
import { ERROR_CODES } from '../core/errors.ts'
import type { Job } from '../core/job.ts'

export type DeliveryPhase = 'waiting' | 'sending' | 'delivered' | 'failed'

/** Columns as they are stored; see the third migration for their meaning. */
export type DeliveryRow = {
  id: string
  account_id: string
  job_id: string
  key_id: string
  url: string
  origin: string
  base_url: string
  phase: DeliveryPhase
  created_at: number
  due_at: number
  attempt: number
  failures: number
  lease_owner: string | null
  lease_until: number | null
  job: string
}

export type AttemptRow = {
  number: number
  started_at: number
  duration_ms: number
  request_headers: string
  response: string | null
  error: string | null
}

const PHASES: Readonly<Record<DeliveryStatus, readonly DeliveryPhase[]>> = {
  pending: ['waiting', 'sending'],
  delivered: ['delivered'],
  failed: ['failed'],
}

/** The phases that are shown under one word. */
export function phasesOf(status: DeliveryStatus | null): readonly DeliveryPhase[] {
  return status === null ? [] : PHASES[status]
}

export function toDelivery(row: DeliveryRow): Delivery {
  const isOver = row.phase === 'delivered' || row.phase === 'failed'
  return {
    id: row.id,
    accountId: row.account_id,
    jobId: row.job_id,
    webhook: { url: row.url, keyId: row.key_id, baseUrl: row.base_url },
    status: isOver ? (row.phase as 'delivered' | 'failed') : 'pending',
    createdAtMicros: row.created_at,
    nextAttemptAt: isOver ? null : row.due_at,
    attemptCount: row.attempt,
    failureCount: row.failures,
  }
}

// Only this folder writes these columns, so the shape of their JSON is known.
export function toAttempt(row: AttemptRow): DeliveryAttempt {
  return {
    number: row.number,
    startedAt: row.started_at,
    durationMs: row.duration_ms,
    requestHeaders: JSON.parse(row.request_headers) as Record<string, string>,
    response: row.response === null ? null : (JSON.parse(row.response) as DeliveryResponse),
    error: row.error,
  }
}

/** The job without what no receiver is told: a deleted job must not leave its prompt behind in here. */
export function toSnapshot(job: Job): string {
  return JSON.stringify({ ...job, input: { ...job.input, prompt: null, fields: {} } })
}

export function fromSnapshot(text: string): Job {
  return JSON.parse(text) as Job
}

/** Whether nothing of the job may stay behind in the log. */
export function isUnstored(snapshot: string): boolean {
  return !fromSnapshot(snapshot).input.options.isStored
}

/** The snapshot without what was made and what was said about it: which job it was, and how it ended. */
export function toBlank(snapshot: string): string {
  const job = fromSnapshot(snapshot)
  const error = job.error === null ? null : { ...job.error, message: ERROR_CODES[job.error.code].title }
  const attempts = job.attempts.map((attempt) => ({ ...attempt, error: null }))
  const input = { ...job.input, images: [] }
  const nothing = { outputs: [], warnings: [], recipe: null, geometry: null, progress: null }
  return JSON.stringify({ ...job, ...nothing, error, attempts, input } satisfies Job)
}

/** An answer may repeat what it was told. */
export function withoutBody(response: DeliveryResponse | null): DeliveryResponse | null {
  return response === null ? null : { ...response, headers: {}, body: '', isBodyCut: response.body !== '' }
}
