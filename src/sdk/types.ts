/** What the SDK sends and reads: the JSON of the wire, as its callers see it. */

export type JobStatus =
  | 'backlogged'
  | 'queued'
  | 'scheduled'
  | 'processing'
  | 'sampling'
  | 'intermediate-complete'
  | 'completed'
  | 'failed'
  | 'cancelled'

/** A job as the server tells it. Members after `result` are Afterimage's own; Krea does not send them. */
export type Job = {
  job_id: string
  status: JobStatus
  type?: string
  created_at: string
  completed_at: string | null
  /** Empty while pending. `error` repeats the reason of a failure as a sentence. */
  result: { urls?: string[]; error?: string }
  model?: string
  engine?: string
  progress?: { stage: string; percent: number; eta_ms: number | null } | null
  /**
   * An unfinished picture, when the request asked for it with `afterimage: { previews: true }` and the engine gives
   * some. Its address is good until there is a newer one, or the attempt ends.
   */
  preview?: { url: string; width: number; height: number } | null
  cost?: { amount_usd: number | null; basis: string; compute_units: number | null }
  /** What was not done as asked, and why. Worth showing to a user. */
  warnings?: { code: string; path: string; message: string }[]
  /**
   * How the pixels of the source came to lie in the result, step by step, where this server moved them: `crop` and
   * `extend` (a box, in pixels of the picture before the step), `resize`, `rotate`, `flip`, `stage`, `generate` (an engine made a
   * picture of another size of it).
   */
  geometry?: {
    source: { width: number; height: number }
    output: { width: number; height: number }
    steps: { kind: string; [key: string]: unknown }[]
  } | null
  /** What the built-in engine did, step by step. */
  recipe?: { operation: string; [key: string]: unknown }[] | null
  error?: { code: string; message: string; retryable: boolean } | null
  /** Every try on an engine, in order. */
  attempts?: {
    engine: string
    started_at: string
    ended_at: string | null
    outcome: string | null
    /** Why it failed. */
    error?: string
  }[]
  /** The picture that was worked on. */
  source?: { width: number; height: number; format: string } | null
  expires_at?: string | null
  /** The job whose result this one goes on from. */
  parent_job_id?: string | null
  /** Addresses of the job itself; `events` is a stream of its changes. */
  urls?: { self: string; events?: string; cancel: string }
}

/** A job that ended well: its results are there. */
export type CompletedJob = Job & { status: 'completed'; completed_at: string; result: { urls: string[] } }

/** What a submit would do, from `estimate`. */
export type Estimate = {
  engine: string
  cost: { amount_usd: number | null; basis: string; compute_units: number | null }
  warnings: { code: string; path: string; message: string }[]
}

/** `pending` while it waits or is sent, `failed` after the last try. */
export type DeliveryStatus = 'pending' | 'delivered' | 'failed'

/** One webhook that has to reach its receiver. */
export type Delivery = {
  id: string
  job_id: string
  url: string
  status: DeliveryStatus
  created_at: string
  next_attempt_at: string | null
  attempt_count: number
}

export type DeliveryAttempt = {
  number: number
  started_at: string
  duration_ms: number
  request: { method: string; headers: Readonly<Record<string, string>> }
  /** Null when nothing answered; `error` then says why. */
  response: {
    status: number
    headers: Readonly<Record<string, string>>
    body: string
    is_body_cut: boolean
  } | null
  error: string | null
}

export type DeliveryDetails = Delivery & { body: Job; attempts: DeliveryAttempt[] }

/** `expires_at` is null for the newest one. */
export type WebhookSecret = { secret: string; created_at: string; expires_at: string | null }

/** `url` is the address to give as `webhookUrl`; who knows it can read what arrived. */
export type WebhookSink = { id: string; url: string }

export type DisabledWebhook = { url: string; disabled_at: string }

export type KeyScope = 'read' | 'generate' | 'admin'

/** What a key may do. Null is no limit. */
export type KeyLimits = {
  expires_at: string | null
  models: string[] | null
  concurrency: number | null
  requests_per_minute: number | null
  monthly_budget_usd: number | null
  max_cost_usd: number | null
  /** Results stay for an hour, inputs until the job has ended. */
  no_store: boolean
  /** What becomes of fields that an engine lacks, where the request does not say. */
  on_unsupported: 'warn' | 'emulate' | 'error'
}

export type Key = KeyLimits & {
  id: string
  account: string
  name: string
  scopes: KeyScope[]
  created_at: string
  revoked_at: string | null
  last_used_at: string | null
}

/** `account`: another one than that of the key that you use. */
export type NewKey = Partial<KeyLimits> & { name: string; account?: string; scopes?: KeyScope[] }

/** What makes images on the server. */
export type Engine = {
  id: string
  name: string
  kind: 'vendor' | 'home' | 'built_in'
  ready: boolean
  /** Why it is not ready. */
  reason: string | null
  /** The setting of the server that makes it available. */
  variable: string | null
  /** The key in use: never more of it than its last four characters. */
  key: {
    source: 'entered' | 'environment' | 'file'
    ending: string | null
    entered_at: string | null
  } | null
  /** When the vendor last refused the key, or found its quota exhausted. */
  fault: { at: string; message: string } | null
  /** The engine whose key it uses; null for its own, or none. */
  key_of: string | null
  queue: string
  models: string[]
}

export type UsageItem = {
  /** A day of UTC: `2026-11-25`. */
  day: string
  model: string
  key_id: string | null
  jobs: number
  charge_usd: number
  spend_usd: number
  /** Calls whose cost nobody told; they are not in `spend_usd`. */
  unknown_cost_calls: number
  /** Those of `jobs` that the built-in engine made in the place of the model. */
  draft_jobs: number
}

export type Usage = { account: string; balance_usd: number | null; items: UsageItem[] }

export type Asset = {
  id: string
  /** Public address of the file; also for files that are not images. */
  image_url: string
  uploaded_at: string
  width: number | null
  height: number | null
  size_bytes: number | null
  mime_type: string | null
  description?: string | null
  /** When it may be removed; null: never. Afterimage only. */
  expires_at?: string | null
}

export type ModelCategory = 'image' | 'enhance' | 'video'

/** One line of the catalogue. `id` is what `image` and `enhance` take: `google/nano-banana-pro`. */
export type Model = { id: string; name: string; category: ModelCategory; [key: string]: unknown }

/** A model with the JSON Schema of its input. */
export type ModelSchema = Partial<Model> & { [key: string]: unknown }

/** The fields of one model, by their names on the wire; `models.getSchema` tells which. */
export type ModelInput = {
  prompt?: string
  image_url?: string
  image_urls?: string[]
  [field: string]: unknown
}

/** Newest first; `next_cursor` is null on the last page. */
export type Page<Item> = { items: Item[]; next_cursor: string | null }

/** One fault in a request: where, what is wrong with it, and a stable code where the server gives one. */
export type Issue = { path: string; message: string; code: string | null }
