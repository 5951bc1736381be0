import type { EngineKey } from './engine-keys.ts'
import type { KeyFault } from './key-standings.ts'

/** An engine as the operator sees it: whether it can run, and if not, what to do about it. */
export type EngineView = {
  id: string
  title: string
  /** `vendor`: another company's, with a key. `home`: on a machine of the operator. `built_in`: part of this program. */
  kind: 'vendor' | 'home' | 'built_in'
  isReady: boolean
  /** Why it is not ready, or not on the key that was entered, as the end of a sentence; else null. */
  reason: string | null
  /** The setting that makes it available; null for one that needs none. */
  variable: string | null
  /** Null: it takes no key, or has none. */
  key: { source: EngineKey['source']; enteredAt: number | null; ending: string | null } | null
  /** What the vendor last said against the key; null while nothing is known. */
  fault: KeyFault | null
  queue: string
  /** The engine whose key it uses; null for its own, or none. */
  keyOf: string | null
  /** Ids of the models whose lists of engines name it. */
  models: readonly string[]
}

/** Characters of a key that may be shown, so that people can tell two of them apart. */
const SHOWN = 4
/** Of a shorter key four characters would be a large part. */
const MIN_LENGTH = 16

/** The end of a key; null when the key is too short to show any of it. */
export function endingOf(secret: string): string | null {
  return secret.length < MIN_LENGTH ? null : secret.slice(-SHOWN)
}
