/** A row of `jobs` and what it says. */
import type {
  Attempt,
  Cost,
  FallbackTerms,
  GenerateInput,
  Geometry,
  Job,
  JobError,
  JobStatus,
  Output,
  Progress,
  RecipeStep,
  Warning,
} from '../core/job.ts'

export type JobPhase = 'waiting' | 'delayed' | 'running' | 'ended'

/** Columns as they are stored; see the first migration for their meaning. */
export type JobRow = {
  id: string
  account_id: string
  type: string
  queue: string
  phase: JobPhase
  status: JobStatus
  created_at: number
  completed_at: number | null
  run_at: number | null
  expires_at: number | null
  attempt: number
  spent: number
  lease_owner: string | null
  lease_until: number | null
  cancel_requested: number
  version: number
  model: string
  engine: string
  parent_job_id: string | null
  progress: string | null
  preview: string | null
  error: string | null
  input_blobs: string
  cost: string
  warnings: string
  attempts: string
  outputs: string
  recipe: string | null
  geometry: string | null
  input: string
  webhook: string | null
  key_id: string | null
  key_limit: number | null
  held: number | null
  no_store: number
  fallback: FallbackTerms | null
  reuse_key: string | null
}

// Only this folder writes these columns, so the shape of their JSON is known.
export function toJob(row: JobRow): Job {
  return {
    id: row.id,
    accountId: row.account_id,
    type: row.type,
    model: row.model,
    status: row.status,
    queue: row.queue,
    engine: row.engine,
    fallback: row.fallback,
    input: JSON.parse(row.input) as GenerateInput,
    createdAtMicros: row.created_at,
    completedAt: row.completed_at,
    attempts: attemptsOf(row),
    progress: parseOptional(row.progress) as Progress | null,
    // A program of an older schema leaves the preview in the rows of the jobs that it ends.
    preview: row.phase === 'running' ? previewOf(row) : null,
    outputs: outputsOf(row),
    warnings: warningsOf(row),
    recipe: parseOptional(row.recipe) as readonly RecipeStep[] | null,
    geometry: parseOptional(row.geometry) as Geometry | null,
    cost: JSON.parse(row.cost) as Cost,
    error: parseOptional(row.error) as JobError | null,
    parentJobId: row.parent_job_id,
    expiresAt: row.expires_at,
    isCancelRequested: row.cancel_requested === 1,
    version: row.version,
  }
}

export function attemptsOf(row: JobRow): readonly Attempt[] {
  return JSON.parse(row.attempts) as readonly Attempt[]
}

export function outputsOf(row: Pick<JobRow, 'outputs'>): readonly Output[] {
  return JSON.parse(row.outputs) as readonly Output[]
}

export function previewOf({ preview }: Pick<JobRow, 'preview'>): Output | null {
  return parseOptional(preview) as Output | null
}

export function warningsOf(row: JobRow): readonly Warning[] {
  return JSON.parse(row.warnings) as readonly Warning[]
}

/** JSON for a column that may be empty. */
export function toJson(value: object | null): string | null {
  return value === null ? null : JSON.stringify(value)
}

function parseOptional(text: string | null): unknown {
  return text === null ? null : JSON.parse(text)
}
