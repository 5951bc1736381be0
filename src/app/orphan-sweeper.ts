import { sweepOrphans } from '../core/sweep-orphans.ts'
import { ownsImages } from './image-owner.ts'
import type { Parts } from './parts.ts'
import { createSweeper, type Sweeper } from './sweeper.ts'

/** A submit that takes longer than this between its bytes and its row does not exist. */
const MIN_AGE_MS = 3_600_000
const INTERVAL_MS = 3_600_000
/** File systems stamp files with a clock that lags a little behind the system's. */
const CLOCK_MARGIN_MS = 2000
const FOREIGN =
  'the images in this data folder belong to another database: forgotten ones are not removed; import that database, or use a data folder of its own'

export type OrphanSweeperDeps = Pick<Parts, 'config' | 'state' | 'blobs' | 'logger' | 'isSingleOwner'>

/** Removes now and then what crashes left behind, by the clock of the system, which stamps the files. */
export function createOrphanSweeper(deps: OrphanSweeperDeps): Sweeper {
  const { config, state, blobs, logger, isSingleOwner } = deps
  return createSweeper({
    intervalMs: INTERVAL_MS,
    logger,
    words: { removed: 'removed files that nothing names', failed: 'the sweep for forgotten files failed' },
    sweep: async (isFirst) => {
      // What is older than this process belongs to nobody where its one owner before it is dead; else others may live.
      const before = Date.now() - (isFirst && isSingleOwner ? CLOCK_MARGIN_MS : MIN_AGE_MS)
      if (await ownsImages({ state, blobs, dataDirectory: config.dataDirectory }))
        return sweepOrphans({ state, blobs }, before)
      logger.warn({ dataDirectory: config.dataDirectory }, FOREIGN)
      return 0
    },
  })
}
