/**
 * Webhooks as core sees them.
 *
 * webhook   the address that a submit named; belongs to its job
 * delivery  the sending of a job's terminal state to its webhook; one for each job that has one
 * endpoint  all webhooks of one account at one origin; its deliveries share a few concurrent places
 */
import type { Job } from './job.ts'

/** What a submit says about its webhook; stored with the job. */
export type JobWebhook = {
  /** An http(s) address that was checked at submit and is checked again at each connection. */
  url: string
  /** The API key whose secret signs. */
  keyId: string
  /** Address of this server as the submitter reached it; URLs in the body begin with it. */
  baseUrl: string
}

/** `pending` while it waits or is being sent; `failed` after the last try, or when the endpoint is disabled. */
export const DELIVERY_STATUSES = ['pending', 'delivered', 'failed'] as const
export type DeliveryStatus = (typeof DELIVERY_STATUSES)[number]

/** What came back. `body` holds its first 4096 bytes as text. */
export type DeliveryResponse = {
  status: number
  headers: Readonly<Record<string, string>>
  body: string
  isBodyCut: boolean
}

/** One try as it is kept in the log. Request headers hold the signature, never the secret. */
export type DeliveryAttempt = {
  number: number
  startedAt: number
  durationMs: number
  requestHeaders: Readonly<Record<string, string>>
  response: DeliveryResponse | null
  /** Why it does not count as delivered; null when it does. */
  error: string | null
}

export type Delivery = {
  /** The `webhook-id` of every try, so that a receiver can tell a repetition. */
  id: string
  accountId: string
  jobId: string
  webhook: JobWebhook
  status: DeliveryStatus
  /** Microseconds, strictly increasing within an account. */
  createdAtMicros: number
  /** Milliseconds; when the next try is due. Null unless pending. */
  nextAttemptAt: number | null
  /** Tries begun so far, also those that a crash cut off. */
  attemptCount: number
  /** Tries since the schedule began, or began again by a replay, that did not succeed. */
  failureCount: number
}

export type DeliveryLease = { deliveryId: string; owner: string; attempt: number; expiresAt: number }
/** `job` is the job as it ended, without prompt and fields: enough to render it, also after its deletion. */
export type ClaimedDelivery = { delivery: Delivery; job: Job; lease: DeliveryLease }

/** What a try leads to. `pauseEndpointMs` holds the whole endpoint back, as its Retry-After asked. */
export type DeliveryVerdict =
  | { kind: 'delivered' }
  | { kind: 'retry'; delayMs: number; pauseEndpointMs: number }
  | { kind: 'failed' }
  /** 410: nothing is sent to this URL again until its account enables it. */
  | { kind: 'disable' }

export type DeliveryQuery = {
  accountId: string
  beforeMicros: number | null
  limit: number
  jobId: string | null
  status: DeliveryStatus | null
}

export type DisabledWebhook = { url: string; disabledAt: number }

/** Encrypted secret of an API key. `expiresAt` is null for the newest one, which signs first. */
export type SealedSecret = { id: string; sealed: string; createdAt: number; expiresAt: number | null }

/**
 * The queue and log of deliveries. A delivery is made by the transaction that ends its job, and claimed like a job:
 * leased, fenced by owner and attempt, fair between accounts, exact in the limit of each endpoint.
 */
export type DeliveryStore = {
  /** Leases up to `slots` due deliveries; takes those back whose lease is over. */
  claim: (request: {
    owner: string
    slots: number
    /** Most places that one account may hold at once. */
    perAccount: number
    leaseMs: number
  }) => Promise<readonly ClaimedDelivery[]>
  /** Fenced: logs the try and decides what follows. False when the lease is lost. */
  settle: (lease: DeliveryLease, attempt: DeliveryAttempt, verdict: DeliveryVerdict) => Promise<boolean>
  /** Fenced: gives a delivery back that was claimed and not sent; due at once, nothing counted. */
  release: (lease: DeliveryLease) => Promise<boolean>
  /** Takes every lease back at once. Only for a process that knows that no other one delivers. */
  endLeases: () => Promise<void>
  /** Milliseconds until a delivery is due or a lease ends, or null. */
  nextWakeMs: () => Promise<number | null>

  list: (query: DeliveryQuery) => Promise<readonly Delivery[]>
  /** With the job as it ended, which is what was sent. */
  get: (id: string, accountId: string) => Promise<{ delivery: Delivery; job: Job } | null>
  /** The newest `limit` tries of a delivery, in their order. */
  listAttempts: (deliveryId: string, limit: number) => Promise<readonly DeliveryAttempt[]>
  /**
   * Sends once more, with the schedule from its start and the same id. Null: unknown id.
   * @throws AfterimageError `conflict` while it is being sent, or while its URL is disabled
   */
  replay: (id: string, accountId: string) => Promise<Delivery | null>
  listDisabled: (accountId: string) => Promise<readonly DisabledWebhook[]>
  /** False when the URL was not disabled. Deliveries that failed meanwhile stay so until they are replayed. */
  enable: (url: string, accountId: string) => Promise<boolean>
  /** Removes some finished deliveries made before a time, in milliseconds; answers how many. */
  removeOld: (before: number) => Promise<number>

  /** Secrets of a key that are valid now, the newest first. */
  listSecrets: (keyId: string) => Promise<readonly SealedSecret[]>
  /** Stores a key's first secret; keeps the stored one when there is one already. Answers what is stored. */
  createSecret: (keyId: string, sealed: string) => Promise<SealedSecret>
  /** Makes a secret the newest; the one before stays valid for `overlapMs`, older ones end. */
  rotateSecret: (keyId: string, sealed: string, overlapMs: number) => Promise<SealedSecret>
}
