/** The JSON of the wire, snake case. Imports nothing, so that the SDK may share it. */

/** What requests may look like: the document only; also older names and shapes; also faults that do no harm. */
export type CompatMode = 'strict' | 'aliases' | 'lenient'

export type WireJobStatus =
  | 'backlogged'
  | 'queued'
  | 'scheduled'
  | 'processing'
  | 'sampling'
  | 'intermediate-complete'
  | 'completed'
  | 'failed'
  | 'cancelled'

/** `urls` only when completed, `error` only when failed: nothing but outputs may appear as an URL in here. */
export type WireResult = { urls?: string[]; error?: string }

/** The members that Krea's document has. On GET in strict mode the last two are absent while pending. */
export type WireStrictJob = {
  job_id: string
  status: WireJobStatus
  created_at: string
  completed_at?: string | null
  result?: WireResult | null
}

export type WireWarning = { code: string; path: string; message: string }
export type WireCost = { amount_usd: number | null; basis: string; compute_units: number | null }
export type WireAttempt = {
  engine: string
  started_at: string
  ended_at: string | null
  outcome: string | null
  upstream_id?: string
  /** Why it failed. */
  error?: string
}

/** An unfinished picture. The address is good until there is a newer one, or the attempt ends. */
export type WirePreview = { url: string; width: number; height: number }

export type WireJob = {
  job_id: string
  status: WireJobStatus
  type: string
  created_at: string
  completed_at: string | null
  result: WireResult
  model: string
  engine: string
  progress: { stage: string; percent: number; eta_ms: number | null } | null
  /** Null while there is none, and after the end. */
  preview: WirePreview | null
  cost: WireCost
  warnings: WireWarning[]
  error?: { code: string; message: string; retryable: boolean }
  attempts: WireAttempt[]
  urls: { self: string; events: string; cancel: string }
  expires_at: string | null
  source: { width: number; height: number; format: string } | null
  geometry: unknown
  recipe: { operation: string; [value: string]: unknown }[] | null
  parent_job_id: string | null
}

export type WireAsset = {
  id: string
  image_url: string
  /** The same as `image_url`; some clients read this name. */
  url: string
  uploaded_at: string
  width: number | null
  height: number | null
  size_bytes: number
  mime_type: string
  description: string | null
  /** When it may be removed; null: never. Absent in strict mode. */
  expires_at?: string | null
}

export type WireIssue = { path: string; message: string; code: string }
/** `error` and `message` are the same sentence, except in a 410, where `error` is the word that Krea declares stable. */
export type WireError = {
  error: string
  message: string
  code: string
  request_id: string
  issues?: WireIssue[]
  [extra: string]: unknown
}

export type WireModel = {
  id: string
  name: string
  category: 'image' | 'enhance'
  provider: string
  path: string
  description: string
  operations: string[]
  price: {
    currency: 'USD'
    price_points: { amount: number; dimensions: Record<string, string | number | boolean> }[]
    compute_units: number | null
  } | null
  latency_seconds: number | null
}

export type WireModelSchema = WireModel & {
  endpoint_path: string
  input_schema: Record<string, unknown>
}
