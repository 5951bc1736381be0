import { sweepOrphans } from '../core/sweep-orphans.ts'
import { ownsImages } from './image-owner.ts'
import type { Parts } from './parts.ts'

/** A submit that takes longer than this between its bytes and its row does not exist. */
const MIN_AGE_MS = 3_600_000
const INTERVAL_MS = 3_600_000
/** File systems stamp files with a clock that lags a little behind the system's. */
const CLOCK_MARGIN_MS = 2000
const FOREIGN =
  'the images in this data folder belong to another database: forgotten ones are not removed; import that database, or use a data folder of its own'

export type OrphanSweeperDeps = Pick<Parts, 'config' | 'state' | 'blobs' | 'logger' | 'isSingleOwner'>

/**
 * Removes now and then what crashes left behind, by the clock of the system, which stamps the files. `stop` waits for a sweep that
 * is under way.
 */
export function createOrphanSweeper(deps: OrphanSweeperDeps): {
  start: () => void
  stop: () => Promise<void>
} {
  const { config, state, blobs, logger, isSingleOwner } = deps
  let timer: NodeJS.Timeout | undefined
  let sweeping: Promise<void> = Promise.resolve()
  const sweep = async (before: number): Promise<void> => {
    try {
      if (!(await ownsImages({ state, blobs, dataDirectory: config.dataDirectory }))) {
        logger.warn({ dataDirectory: config.dataDirectory }, FOREIGN)
        return
      }
      const count = await sweepOrphans({ state, blobs }, before)
      if (count > 0) logger.info({ count }, 'removed files that nothing names')
    } catch (err) {
      logger.error({ err }, 'the sweep for forgotten files failed')
    }
  }
  const begin = (before: number): void => {
    sweeping = sweeping.then(() => sweep(before))
  }
  return {
    start: () => {
      // What is older than this process belongs to nobody where its one owner before it is dead; else others may live.
      begin(Date.now() - (isSingleOwner ? CLOCK_MARGIN_MS : MIN_AGE_MS))
      timer = setInterval(() => begin(Date.now() - MIN_AGE_MS), INTERVAL_MS)
      timer.unref()
    },
    stop: () => {
      clearInterval(timer)
      return sweeping
    },
  }
}
