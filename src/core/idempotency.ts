/** Requests that may be sent twice and count once. */
import { createHash } from 'node:crypto'
import type { Job } from './job.ts'
import type { Asset, NewJob } from './ports.ts'

/** How long the answer to a key is kept, in milliseconds. */
export const KEPT_MS = 24 * 3_600_000

/** What a caller was told, to be told again. `body` is the text as it was sent. */
export type StoredAnswer = { status: number; body: string }

/** One request under the key that its caller chose, 1 to 255 characters. */
export type OnceKey = {
  key: string
  /** Of everything that makes it the same request; see `fingerprintOf`. */
  fingerprint: string
}

/**
 * `answer` is made inside the transaction that stores what it tells of, and may be made several times: it is pure.
 */
export type Once<Stored> = OnceKey & { answer: (stored: Stored) => StoredAnswer }

/** `isReplayed`: an earlier request of this key was answered so, and nothing was stored now. */
export type OnceResult = { answer: StoredAnswer; isReplayed: boolean }

/** `windowMs`: for how long later submits of this fingerprint may join the job. */
export type Sharing = { fingerprint: string; windowMs: number }
/** `isJoined`: the job is that of an identical submit, and nothing was stored now. */
export type SharedResult = { job: Job; isJoined: boolean }

/**
 * Keys of an account beside what they made. The row of the key and that of the job or asset are one commit, so that a
 * crash leaves both or neither; of requests that come at the same time the first commit wins, and the others get its
 * answer.
 */
export type IdempotencyStore = {
  /**
   * The answer to an earlier request of this key; null when there is none of the last 24 hours.
   * @throws AfterimageError `idempotency_mismatch` when that was another request
   */
  find: (accountId: string, once: OnceKey) => Promise<StoredAnswer | null>
  /** Stores the job unless its key is taken. @throws AfterimageError `idempotency_mismatch` */
  submit: (job: NewJob, once: Once<Job>) => Promise<OnceResult>
  /** Stores the job unless an identical one of the account waits or runs. */
  submitShared: (job: NewJob, sharing: Sharing) => Promise<SharedResult>
  /** Stores the asset unless its key is taken. @throws AfterimageError `idempotency_mismatch` */
  createAsset: (asset: Asset, once: Once<Asset>) => Promise<OnceResult>
}

/**
 * SHA-256 of what is the same in equal requests: JSON values, in which the order of an object's members does not count.
 */
export function fingerprintOf(...parts: readonly unknown[]): string {
  const hash = createHash('sha256')
  // An image in the body may be 100 MB of text: it goes to the hash as it is, not through one joined string.
  for (const part of parts) writeCanonical(part, (text) => void hash.update(text))
  return hash.digest('hex')
}

/** The depth is limited where bodies are parsed. A length in front keeps a text from looking like its surroundings. */
function writeCanonical(value: unknown, write: (text: string) => void): void {
  if (typeof value === 'string') {
    write(`"${value.length}:`)
    write(value)
  } else if (Array.isArray(value)) {
    write(`[${value.length}`)
    for (const item of value) writeCanonical(item, write)
  } else if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))
    write(`{${members.length}`)
    for (const [name, member] of members) {
      writeCanonical(name, write)
      writeCanonical(member, write)
    }
  } else write(`${String(value)};`)
}
