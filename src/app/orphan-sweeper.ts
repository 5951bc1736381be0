import { sweepOrphans } from '../core/sweep-orphans.ts'
import type { Parts } from './parts.ts'

/** A submit that takes longer than this between its bytes and its row does not exist. */
const MIN_AGE_MS = 3_600_000
const INTERVAL_MS = 3_600_000
/** File systems stamp files with a clock that lags a little behind the system's. */
const CLOCK_MARGIN_MS = 2000

/** Removes now and then what crashes left behind. `stop` waits for a sweep that is under way. */
export function createOrphanSweeper({
  state,
  blobs,
  clock,
  logger,
}: Pick<Parts, 'state' | 'blobs' | 'clock' | 'logger'>): { start: () => void; stop: () => Promise<void> } {
  let timer: NodeJS.Timeout | undefined
  let sweeping: Promise<void> = Promise.resolve()
  const sweep = async (before: number): Promise<void> => {
    try {
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
      // What is older than this process belongs to nobody: the one owner of the folder before it is dead.
      begin(clock.now() - CLOCK_MARGIN_MS)
      timer = setInterval(() => begin(clock.now() - MIN_AGE_MS), INTERVAL_MS)
      timer.unref()
    },
    stop: () => {
      clearInterval(timer)
      return sweeping
    },
  }
}
