import type { Dispatcher } from 'undici'
import type { Clock, UntrustedFetch } from '../../core/ports.ts'
import type { RetiredId } from '../../core/retired-ids.ts'
import type { UpstreamTimeouts } from './client.ts'
import type { Exchange } from './exchange.ts'
import type { PrepareImage } from './inputs.ts'

/** What every upstream engine is built from. */
export type UpstreamEngineOptions = {
  /** The API key at this moment; null while there is none, and the engine then serves no model. */
  secret: () => string | null
  /** Replaces the vendor's own address. */
  origin?: string
  clock: Clock
  /** Fetches results that lie at an address. */
  fetchResult: UntrustedFetch
  /** Makes inputs fit; without it they are sent as they are stored. */
  prepareImage?: PrepareImage
  /** Waits between the tries of a download. */
  pause?: (ms: number, signal: AbortSignal) => Promise<void>
  /** Limits of one call, in milliseconds. */
  timeouts?: Partial<UpstreamTimeouts>
  /** Replaces the connections. */
  dispatcher?: Dispatcher
  /** Stands between the engine and its connections: records, or answers itself. */
  exchange?: Exchange
}

/** "gemini-x was shut down on …; use …" when a text names a retired id; null when it names none. */
export function retirementIn(
  text: string,
  retired: Readonly<Record<string, Pick<RetiredId, 'since' | 'successor'>>>,
): string | null {
  // Whole ids only: `gpt-image-1` is also how `gpt-image-1.5` begins. A full stop may end the sentence.
  const words: readonly string[] = text.match(/[\w-]+(?:\.[\w-]+)*/gu) ?? []
  const found = Object.entries(retired).find(([id]) => words.includes(id))
  if (found === undefined) return null
  const [id, { since, successor }] = found
  return `${id} was shut down on ${since}; use ${successor}`
}
