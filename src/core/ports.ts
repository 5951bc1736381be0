/** What core needs from outside. Every port has a contract suite in test/contracts. */
import type { Readable } from 'node:stream'
import type { ApiKey } from './api-key.ts'
import type { DeliveryStore, JobWebhook } from './delivery.ts'
import type { Capabilities, Engine } from './engine.ts'
import type { EngineKeyStore } from './engine-keys.ts'
import type { JobTerms, LedgerStore } from './money.ts'
import type { IdempotencyStore } from './idempotency.ts'
import type { Reuse } from './reuse-result.ts'
import type { SessionStore } from './studio-sessions.ts'
import type {
  Attempt,
  Cost,
  FallbackTerms,
  GenerateInput,
  Geometry,
  ImageInfo,
  Job,
  JobError,
  JobStatus,
  Output,
  Plan,
  Progress,
  RecipeStep,
  RunningStatus,
  Warning,
} from './job.ts'

export type Clock = {
  /** Milliseconds since the epoch. */
  now: () => number
}

export type { ApiKey } from './api-key.ts'

/* ── blobs ─────────────────────────────────────────────────────────────────────────────────────── */

export type StoredBlob = { key: string; bytes: number; sha256: string }
/** Inclusive byte range. */
export type ByteRange = { start: number; end: number }

/** Bytes by random key. `put` resolves only when the bytes survive a power loss. */
export type BlobStore = {
  /** @throws AfterimageError `payload_too_large` past `maxBytes`, `storage_full` */
  put: (source: Uint8Array | Readable, options?: { maxBytes?: number }) => Promise<StoredBlob>
  /** @throws AfterimageError `not_found` */
  get: (key: string, range?: ByteRange) => Promise<Readable>
  head: (key: string) => Promise<{ bytes: number } | null>
  /** Removing what is not there is not an error. */
  delete: (key: string) => Promise<void>
  list: () => AsyncIterable<{ key: string; bytes: number; modifiedAt: number }>
  /** A readable local file, where the store has one; else null and the caller streams to a file of its own. */
  localPath: (key: string) => string | null
}

/** Files in memory, by the keys of their blobs. */
export type FileCache = {
  get: (key: string) => Buffer | null
  put: (key: string, bytes: Buffer) => void
  /** For good: a later `put` of this key does nothing. Dropping what is not there is not an error. */
  drop: (key: string) => void
  /** Whether a file of this size is worth keeping. */
  accepts: (bytes: number) => boolean
}

/* ── inputs ────────────────────────────────────────────────────────────────────────────────────── */

/** Bytes at rest that can be read anywhere. `read` answers exactly `length` bytes, which lie within `bytes`. */
export type ByteSource = { bytes: number; read: (offset: number, length: number) => Promise<Uint8Array> }

/**
 * Reads an image header without decoding. Plain TypeScript, bounded work on hostile bytes.
 * A head of fixed size would not do: TIFF and WebP keep size or orientation at the end of the file.
 */
export type ImageProbe = {
  /**
   * @param bytes the whole file
   * @throws AfterimageError `input_unreadable` when the content is not an accepted, plausible image,
   *   `input_too_large` when it has too many pixels
   */
  probe: (bytes: Uint8Array) => ImageInfo
  /** The same for a file at rest; reads a few kilobytes of it. */
  probeSource: (source: ByteSource) => Promise<ImageInfo>
}

/** GET of an untrusted URL through the SSRF guard. */
export type UntrustedFetch = (
  url: string,
  options: { maxBytes: number; timeoutMs: number; signal?: AbortSignal },
) => Promise<{ body: Readable; contentType: string | null }>

/* ── catalogue ─────────────────────────────────────────────────────────────────────────────────── */

/** A model as core sees it; the wire schema stays in the catalogue. */
export type CatalogueModel = {
  id: string
  title: string
  /** Engine ids in order of preference; the draft is last and only used alone. */
  engines: readonly string[]
  /** Variables that would make a real engine available, for messages (`GEMINI_API_KEY`). */
  keyVariables: readonly string[]
  /** The field that takes the picture to work on, else the first that takes one; null where none does. */
  pictureField: string | null
  /** List price, or null when nobody published one. */
  price: (input: GenerateInput) => Cost
}

export type Catalogue = { find: (id: string) => CatalogueModel | null }

/** An engine that is configured, with what it can do for a model. */
export type EngineOffer = {
  id: string
  queue: string
  isDraft: boolean
  capabilities: (model: string) => Capabilities | null
  estimate: ((input: GenerateInput) => Cost) | null
  /** What the vendor calls the model; null where the engine has no such name. */
  upstreamId?: (model: string) => string | null
  foresee?: ((input: GenerateInput) => readonly Warning[]) | undefined
  revision?: Engine['revision'] | undefined
}

/* ── state ─────────────────────────────────────────────────────────────────────────────────────── */

export type NewJob = {
  id: string
  accountId: string
  type: string
  model: string
  input: GenerateInput
  plan: Plan
  parentJobId: string | null
  /** When it would expire had it ended at once, in milliseconds; its time counts from its end. Null: never. */
  expiresAt: number | null
  /** What the key pays and may; null: the job is bound to no key. */
  terms?: JobTerms | null
  /** Absent: the planned engine or none. */
  fallback?: FallbackTerms | null
  /** Gets the job when it has ended. */
  webhook?: JobWebhook | null
  /** Lets later requests that are asked for in the same way take its result. */
  reuseKey?: string | null
  /** Ends the job at once with this result. */
  reuse?: Reuse | null
}

export type Lease = { jobId: string; owner: string; attempt: number; expiresAt: number }
export type ClaimedJob = { job: Job; lease: Lease }

/** How a job ends. The only way into a terminal state is `StateStore.finish` and `StateStore.cancel`. */
export type Outcome =
  | {
      status: 'completed'
      outputs: readonly Output[]
      warnings: readonly Warning[]
      recipe: readonly RecipeStep[] | null
      geometry: Geometry | null
      cost: Cost
      /**
       * What made it, as `revisionOf` names it: under a `reuseKey` of another one the result is not kept for later
       * requests. Null: it changed meanwhile. Absent: as when the job was submitted.
       */
      revision?: string | null
    }
  /** `cost` is what an engine took all the same; null when it took nothing. */
  | { status: 'failed'; error: JobError; warnings: readonly Warning[]; cost: Cost | null }
  /** `mayBePaid`: something may have been spent, and nobody knows how much. */
  | { status: 'cancelled'; mayBePaid?: boolean }

export type JobQuery = {
  accountId: string
  /** Only jobs created strictly before this, in microseconds. */
  beforeMicros: number | null
  limit: number
  types: readonly string[] | null
  status: JobStatus | null
}

export type Asset = {
  id: string
  accountId: string
  fileId: string
  blobKey: string
  filename: string | null
  description: string | null
  contentType: string
  bytes: number
  sha256: string
  width: number | null
  height: number | null
  createdAtMicros: number
  /** When it may be deleted, in milliseconds; null keeps it. */
  expiresAt: number | null
}

/** What has reached the end of its time. */
export type Expired = { id: string; accountId: string; expiresAt: number }

/** A public file: an output of a job, its preview or an uploaded asset. */
export type StoredFile = {
  id: string
  blobKey: string
  contentType: string
  bytes: number
  sha256: string
  /** Null for results from before it was kept. */
  accountId: string | null
  /** When it may be deleted, in milliseconds; null keeps it. */
  expiresAt: number | null
  /** Goes when its job does not run any more. */
  isPreview: boolean
}

/**
 * Accounts, keys, jobs, assets and files. Every method that writes resolves after the commit is durable.
 * `accountId` arguments are part of the lookup: another account's id behaves exactly like an unknown id.
 */
export type StateStore = {
  /** Number of keys that are not revoked. */
  countKeys: () => Promise<number>
  createKey: (key: ApiKey) => Promise<void>
  /**
   * Gives the token and time of this key to a revoked one that is the same in account, name, scopes and limits and never
   * expires; answers its id. Null, and nothing is stored, where there is none.
   */
  renewKey: (key: ApiKey) => Promise<string | null>
  findKey: (hash: string) => Promise<ApiKey | null>
  listKeys: (accountId: string) => Promise<readonly ApiKey[]>
  revokeKey: (id: string, accountId: string) => Promise<boolean>
  /** Notes the use of a key, at most once a minute. */
  touchKey: (id: string) => Promise<void>
  /** How many of an account's jobs may run at once; the default applies until set. */
  setConcurrency: (accountId: string, maxRunning: number) => Promise<void>
  /** How long an account keeps jobs and assets, in seconds; null: as long as the server does. */
  getRetention: (accountId: string) => Promise<number | null>
  setRetention: (accountId: string, seconds: number | null) => Promise<void>

  /**
   * Stores the job as `queued`, or `backlogged` when the account or its key is over its concurrency; with `reuse` as
   * `completed`. Same id: no-op.
   * @throws AfterimageError `conflict` when the job whose result it was to reuse is gone or has expired
   */
  submit: (job: NewJob) => Promise<Job>
  getJob: (id: string, accountId: string) => Promise<Job | null>
  listJobs: (query: JobQuery) => Promise<readonly Job[]>
  /** The newest job of the account that was stored under this `reuseKey`, was completed by this engine and has not expired. */
  findReusable: (accountId: string, wanted: { key: string; engine: string }) => Promise<Job | null>
  /** Jobs that are not terminal, for back-pressure. */
  countPending: () => Promise<number>
  /**
   * Leases up to `slots[queue]` jobs of each queue, fair between accounts, exact in their concurrency and in that of keys.
   * Also promotes delayed jobs and returns expired leases to the queue.
   */
  claim: (request: {
    owner: string
    slots: Readonly<Record<string, number>>
    /** Most running jobs by queue, over all workers; a queue that is not named has no such limit. */
    limits?: Readonly<Record<string, number>>
    leaseMs: number
    /**
     * Leases under which the caller works right now. Those that are over by the clock are extended, not ended: the
     * clock was set ahead, or the machine slept. None by default.
     */
    running?: readonly Lease[]
  }) => Promise<readonly ClaimedJob[]>
  /** Extends the lease. Null when it is lost: stop and discard. */
  heartbeat: (lease: Lease, leaseMs: number) => Promise<{ isCancelRequested: boolean } | null>
  /** Fenced. False when the lease is lost. */
  saveProgress: (lease: Lease, status: RunningStatus, progress: Progress | null) => Promise<boolean>
  /**
   * Fenced. Makes the preview a public file in place of the one before; every end of the attempt takes it away again.
   * False when the lease is lost. The bytes are the caller's to remove.
   */
  savePreview: (lease: Lease, preview: Output) => Promise<boolean>
  /** Fenced write of the current attempt's journal entry (before and after the billable call). */
  saveAttempt: (lease: Lease, attempt: Attempt) => Promise<boolean>
  /** Fenced and idempotent; null when the lease is lost and the result must be discarded. */
  finish: (lease: Lease, outcome: Outcome) => Promise<Job | null>
  /**
   * Gives the job back. Cancelled if a cancel was asked for, else queued again at `runAt`;
   * with `isAttemptSpent: false` (shutdown) the attempt does not count.
   */
  release: (
    lease: Lease,
    options: { runAt: number; error: JobError | null; isAttemptSpent: boolean },
  ) => Promise<JobStatus | null>
  /**
   * Gives the job back to be run by another engine, at once and with all its tries; the attempt ends as failed.
   * Cancelled if that was asked for. `too_dear`: money is limited, and what was set aside does not cover the plan;
   * nothing has changed then. Null when the lease is lost.
   */
  reroute: (
    lease: Lease,
    options: { plan: Plan; error: JobError },
  ) => Promise<'queued' | 'cancelled' | 'too_dear' | null>
  /** Pending: cancelled at once. Running: asks the worker. Terminal: unchanged. Null: unknown id. */
  cancel: (id: string, accountId: string) => Promise<Job | null>
  /** Removes a terminal job and its files; answers the blobs that nobody needs any more. Null: not terminal or unknown. */
  deleteJob: (id: string, accountId: string) => Promise<{ blobKeys: readonly string[] } | null>

  createAsset: (asset: Asset) => Promise<Asset>
  getAsset: (id: string, accountId: string) => Promise<Asset | null>
  listAssets: (query: {
    accountId: string
    beforeMicros: number | null
    limit: number
  }) => Promise<readonly Asset[]>
  deleteAsset: (id: string, accountId: string) => Promise<{ blobKeys: readonly string[] } | null>
  /** Asset by the id of its public file, for own asset URLs in requests. */
  findAssetByFile: (fileId: string, accountId: string) => Promise<Asset | null>
  getFile: (id: string) => Promise<StoredFile | null>

  /**
   * Ended jobs and assets that expire at a time or before, the longest expired first, at most `limit` of each.
   * The retention sweep removes them by `deleteJob` and `deleteAsset`. A job that has not ended is never among them.
   * @param nowMs milliseconds since the epoch
   */
  listExpired: (
    nowMs: number,
    limit: number,
  ) => Promise<{ jobs: readonly Expired[]; assets: readonly Expired[] }>
  /** Deliveries of ended jobs to their webhooks; `finish`, `cancel` and every other end of a job make them. */
  deliveries: DeliveryStore
  /** Jobs and assets that a repeated request makes only once. */
  idempotency: IdempotencyStore
  /** What accounts pay: `submit` sets aside, `finish`, `cancel` and every other end of a job settle. */
  ledger: LedgerStore
  /** Keys of engines elsewhere that an admin entered, as they are stored. */
  engineKeys: EngineKeyStore
  /** Who is signed in to the Studio; every process of the state knows them. */
  sessions: SessionStore
  /** The random name of the state, the same for every process and after every restart; an export carries it along. */
  identify: () => Promise<string>
  /** Every blob key that a row names, for the orphan sweep. */
  listBlobKeys: () => AsyncIterable<string>
  /** Called after a commit that may have made work; returns the unsubscribe. */
  onWork: (listener: () => void) => () => void
  /** Milliseconds until the next delayed job or lease expiry, or null. */
  nextWakeMs: () => Promise<number | null>
  close: () => Promise<void>
}
