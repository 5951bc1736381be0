/**
 * The words of the domain.
 *
 * job       a unit of asynchronous work: one model, one input, at most one terminal state
 * attempt   one try of a job; its number is also the fencing token of the lease
 * lease     the right of one worker to work on a job until a time; kept by a heartbeat
 * model     what the caller names in the URL (`google/nano-banana-pro`)
 * engine    the code that makes the image (`afterimage/draft`)
 * queue     the engine's queue a job waits in; workers have slots for each queue
 * operation what is asked for: edit, generate, upscale, enhance …
 * asset     a file the user uploaded; file: anything served at /files/{id}; blob: stored bytes by key
 */
import type { ErrorCode } from './errors.ts'

/** The nine words of the wire, in the order in which a job may pass through them. */
export const JOB_STATUSES = [
  'backlogged',
  'queued',
  'scheduled',
  'processing',
  'sampling',
  'intermediate-complete',
  'completed',
  'failed',
  'cancelled',
] as const
export type JobStatus = (typeof JOB_STATUSES)[number]
export type TerminalStatus = 'completed' | 'failed' | 'cancelled'
/** What a worker may report while it holds the lease. With a stored preview a job shows as `intermediate-complete` instead. */
export type RunningStatus = 'scheduled' | 'processing' | 'sampling'

export function isTerminal(status: JobStatus): status is TerminalStatus {
  return status === 'completed' || status === 'failed' || status === 'cancelled'
}

/** Something the engine did not or could not do as asked. Shown in the job, never dropped. */
export type Warning = { code: string; path: string; message: string }

/** Why a job failed. `message` is for the user. */
export type JobError = { code: ErrorCode; message: string; isRetryable: boolean }

export type Progress = { stage: string; percent: number; etaMs: number | null }

/** One try. `outcome` is null while it runs; `submitting` is journalled before a billable call. */
export type Attempt = {
  number: number
  engine: string
  startedAt: number
  endedAt: number | null
  outcome: 'submitting' | 'completed' | 'failed' | 'cancelled' | 'lost' | 'unknown' | null
  upstreamId: string | null
  /** What the engine needs to find its job again after a restart; absent while nothing was answered. */
  handle?: Readonly<Record<string, unknown>> | null
  /** It passed to its engine although the moderation had not decided; the attempt that brings the result has to say so. */
  isUnmoderated?: true
  error: string | null
}

/** `reused`: the result of an earlier job, which was paid then. */
export type CostBasis = 'reported' | 'list_price' | 'tokens' | 'local' | 'reused' | 'unknown'
/** Integer micro-dollars; null means unknown and is never written as 0. */
export type Cost = { microUsd: number | null; basis: CostBasis; computeUnits: number | null }

export const IMAGE_FORMATS = ['jpeg', 'png', 'webp', 'avif', 'gif', 'tiff', 'heic'] as const
/** Formats that are accepted as input, by their content. */
export type ImageFormat = (typeof IMAGE_FORMATS)[number]
export const OUTPUT_FORMATS = ['png', 'jpeg', 'webp', 'avif'] as const
/** Formats that can be asked for. */
export type OutputFormat = (typeof OUTPUT_FORMATS)[number]

/** What the header of an image says. `width` and `height` are upright (EXIF orientation applied). */
export type ImageInfo = {
  format: ImageFormat
  width: number
  height: number
  /** EXIF orientation 1 to 8; 1 when absent. */
  orientation: number
  /** At least 2 for animations and files of several pages; not counted through in every format. */
  frames: number
  hasAlpha: boolean
}

export type ImageRole = 'source' | 'style' | 'style_reference' | 'reference' | 'character' | 'mask' | 'scene'

/** An admitted input image: durable, sniffed and within limits. `path` is its field (`image_urls[0]`). */
export type InputImage = {
  role: ImageRole
  path: string
  blobKey: string
  sha256: string
  bytes: number
  info: ImageInfo
  /** −2 to 2; only for weighted images. */
  strength: number | null
  tag: string | null
}

/** An image as the caller named it, before admission. */
export type ImageSource = {
  role: ImageRole
  path: string
  /** URL, data URI or raw base64, exactly as received. */
  value: string
  strength: number | null
  tag: string | null
}

/** What becomes of a field that the engine lacks: told, done by us where we can and told, or refused. */
export const ON_UNSUPPORTED = ['warn', 'emulate', 'error'] as const
export type OnUnsupported = (typeof ON_UNSUPPORTED)[number]

/** The `afterimage {…}` object of a request after parsing. */
export type RequestOptions = {
  onUnsupported: OnUnsupported
  outputFormat: OutputFormat | null
  quality: number | null
  size: { width: number; height: number } | null
  /** Pixels outside the mask are copied back from the source, bit for bit. */
  isPreciseEdit: boolean
  retentionSeconds: number | null
  isStored: boolean
  /** Absent in jobs from before there were previews. */
  arePreviewsWanted?: boolean
}

/**
 * A parsed generate request, the same for every wire dialect. Everything that has a common meaning has a
 * named member; `fields` holds what was set, under its wire name, so that plan-job can account for each.
 */
export type GenerateInput = {
  model: string
  operation: Operation
  prompt: string | null
  images: readonly InputImage[]
  width: number | null
  height: number | null
  aspectRatio: string | null
  resolution: string | null
  scale: number | null
  seed: number
  /** False when we drew the seed because the caller gave none. */
  isSeedGiven: boolean
  strength: number | null
  creativity: number | null
  style: string | null
  count: number
  /** Every field that the caller set, except images; wire names, JSON values. */
  fields: Readonly<Record<string, unknown>>
  options: RequestOptions
}

export const OPERATIONS = [
  'edit',
  'generate',
  'upscale',
  'enhance',
  'stylize',
  'style_transfer',
  'vary',
  'cutout',
  'inpaint',
] as const
export type Operation = (typeof OPERATIONS)[number]

/** What plan-job decided; stored in the row so that submit and run cannot disagree. */
export type Plan = {
  engine: string
  queue: string
  warnings: readonly Warning[]
  estimate: Cost
}

/**
 * Whether a job may move to another engine when the first surely was not paid: at what that one costs, or only within
 * what was set aside for it. A job whose request named its engine has no such terms.
 */
export type FallbackTerms = 'at_any_price' | 'within_hold'

/** How output pixels relate to the source, so that a mask or a compare view can line up. */
export type Geometry = {
  source: { width: number; height: number }
  output: { width: number; height: number }
  /**
   * What was done to reach the output, in order: `resize`, `crop`, `extend`, `rotate`, `stage`; `generate`: an engine made
   * a picture of another size of it.
   */
  steps: readonly { kind: string; [key: string]: unknown }[]
}

/** One thing that ran, with its values: `{operation: 'sepia', amount: 0.8}`. */
export type RecipeStep = { operation: string; [key: string]: unknown }

/** A stored result or preview. `fileId` is the unguessable id under /files/. */
export type Output = {
  fileId: string
  blobKey: string
  contentType: string
  bytes: number
  sha256: string
  width: number
  height: number
}

export type Job = {
  id: string
  accountId: string
  /** Always `externalImage` on this server, so that one filter finds all. */
  type: string
  model: string
  status: JobStatus
  queue: string
  engine: string
  /** Null: this engine or none. */
  fallback: FallbackTerms | null
  input: GenerateInput
  /** Microseconds since the epoch, strictly increasing within an account. */
  createdAtMicros: number
  /** Milliseconds; set exactly when the status is terminal. */
  completedAt: number | null
  attempts: readonly Attempt[]
  progress: Progress | null
  /** The newest picture of what is being made; gone when the attempt ends. */
  preview: Output | null
  outputs: readonly Output[]
  warnings: readonly Warning[]
  recipe: readonly RecipeStep[] | null
  geometry: Geometry | null
  cost: Cost
  error: JobError | null
  parentJobId: string | null
  expiresAt: number | null
  isCancelRequested: boolean
  /** Raised by every change; the id of server-sent events. */
  version: number
}
