/** What core knows, as the JSON of the wire. */
import type { AfterimageError } from '../core/errors.ts'
import type { Attempt, Cost, Job, JobError } from '../core/job.ts'
import { isTerminal } from '../core/job.ts'
import type { Asset } from '../core/ports.ts'
import { fileUrl, type FileUrlOptions } from './file-url.ts'
import type { CompatMode, WireAsset, WireAttempt, WireCost, WireError, WireJob, WireResult } from './types.ts'
import type { WireStrictJob } from './types.ts'

export { renderModel, renderModelSchema } from './render-model.ts'

export type RenderJobOptions = FileUrlOptions & {
  mode: CompatMode
  /** Whether this answers a submit; only strict mode makes a difference. `read` when left out. */
  moment?: 'submit' | 'read'
}

/**
 * A job as the guide shows it (`completed_at: null, result: {}` while pending), with what we add; in strict mode with
 * the members of Krea's document and nothing else. Inside `result` there are URLs of outputs only, because clients take
 * every URL in there for a result.
 */
export function renderJob(job: Job, options: RenderJobOptions): WireJob | WireStrictJob {
  return options.mode === 'strict' ? renderStrictJob(job, options) : renderFullJob(job, options)
}

/** The document has nulls in the answer to a submit, and forbids them afterwards. */
function renderStrictJob(job: Job, options: RenderJobOptions): WireStrictJob {
  const { moment = 'read' } = options
  const { job_id, status, created_at, completed_at, result } = renderFullJob(job, options)
  const head = { job_id, status, created_at }
  if (isTerminal(job.status) && completed_at !== null) return { ...head, completed_at, result }
  return moment === 'submit' ? { ...head, completed_at: null, result: null } : head
}

function renderFullJob(job: Job, urls: FileUrlOptions): WireJob {
  const self = `${urls.baseUrl}/jobs/${job.id}`
  return {
    job_id: job.id,
    status: job.status,
    type: job.type,
    created_at: fromMicros(job.createdAtMicros),
    completed_at: fromMillis(job.completedAt),
    result: renderResult(job, urls),
    model: job.model,
    engine: job.engine,
    progress: renderProgress(job),
    preview: renderPreview(job, urls),
    cost: renderCost(job.cost),
    warnings: job.warnings.map(({ code, path, message }) => ({ code, path, message })),
    ...(job.error === null ? {} : { error: renderJobError(job.error) }),
    attempts: job.attempts.map(renderAttempt),
    urls: { self, events: `${self}/events`, cancel: `${self}/cancel` },
    expires_at: fromMillis(job.expiresAt),
    source: renderSource(job),
    geometry: job.geometry,
    recipe: job.recipe === null ? null : [...job.recipe],
    parent_job_id: job.parentJobId,
  }
}

function renderResult({ status, outputs, error }: Job, urls: FileUrlOptions): WireResult {
  if (status === 'completed') return { urls: outputs.map((output) => fileUrl(urls, output)) }
  return error === null ? {} : { error: error.message }
}

function renderProgress({ progress }: Job): WireJob['progress'] {
  return progress === null
    ? null
    : { stage: progress.stage, percent: progress.percent, eta_ms: progress.etaMs }
}

/** Outside `result`: clients take every URL in there for a result. Deliveries from before previews have none. */
function renderPreview({ preview = null }: Partial<Job>, urls: FileUrlOptions): WireJob['preview'] {
  return preview === null
    ? null
    : { url: fileUrl(urls, preview), width: preview.width, height: preview.height }
}

/** Dollars and compute units; null is unknown, never 0. */
export function renderCost({ microUsd, basis, computeUnits }: Cost): WireCost {
  return { amount_usd: microUsd === null ? null : microUsd / 1e6, basis, compute_units: computeUnits }
}

function renderJobError({ code, message, isRetryable }: JobError): NonNullable<WireJob['error']> {
  return { code, message, retryable: isRetryable }
}

function renderAttempt({ engine, startedAt, endedAt, outcome, upstreamId, error }: Attempt): WireAttempt {
  return {
    engine,
    started_at: new Date(startedAt).toISOString(),
    ended_at: fromMillis(endedAt),
    outcome,
    ...(upstreamId === null ? {} : { upstream_id: upstreamId }),
    ...(error === null ? {} : { error }),
  }
}

/** The picture that was worked on: the first source, else whatever picture there is. */
function renderSource({ input }: Job): WireJob['source'] {
  const images = input.images.filter(({ role }) => role !== 'mask')
  const info = (images.find(({ role }) => role === 'source') ?? images[0])?.info
  return info === undefined ? null : { width: info.width, height: info.height, format: info.format }
}

/** All members that Krea's document requires, measured and filled; some clients read `url`. */
export function renderAsset(asset: Asset, options: Omit<RenderJobOptions, 'moment'>): WireAsset {
  const url = fileUrl(options, asset)
  return {
    id: asset.id,
    image_url: url,
    url,
    uploaded_at: fromMicros(asset.createdAtMicros),
    width: asset.width,
    height: asset.height,
    size_bytes: asset.bytes,
    mime_type: asset.contentType,
    description: asset.description,
    ...(options.mode === 'strict' ? {} : { expires_at: fromMillis(asset.expiresAt) }),
  }
}

/** `error` and `message` say the same, unless the error brings its own `error` word (410). */
export function renderError(error: AfterimageError, requestId: string): WireError {
  const { message, code, issues, extra } = error
  return {
    error: message,
    message,
    code,
    ...(issues.length === 0 ? {} : { issues: issues.map((issue) => ({ ...issue })) }),
    request_id: requestId,
    ...extra,
  }
}

function fromMillis(time: number): string
function fromMillis(time: number | null): string | null
function fromMillis(time: number | null): string | null {
  return time === null ? null : new Date(time).toISOString()
}

function fromMicros(micros: number): string {
  return fromMillis(Math.floor(micros / 1000))
}
