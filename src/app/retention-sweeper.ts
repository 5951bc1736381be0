import { sweepExpired } from '../core/retention.ts'
import type { Parts } from './parts.ts'
import { createSweeper, type Sweeper } from './sweeper.ts'

/** What has expired stays at most this long. */
const INTERVAL_MS = 60_000

/** Removes what has expired, at the start and every minute. */
export function createRetentionSweeper({
  state,
  blobs,
  clock,
  logger,
}: Pick<Parts, 'state' | 'blobs' | 'clock' | 'logger'>): Sweeper {
  return createSweeper({
    intervalMs: INTERVAL_MS,
    logger,
    words: { removed: 'removed what had expired', failed: 'the sweep for what has expired failed' },
    sweep: () => sweepExpired({ state, blobs }, clock.now()),
  })
}
