import { sweepOrphans } from '../core/sweep-orphans.ts'
import type { Parts } from './parts.ts'

/** A submit that takes longer than this between its bytes and its row does not exist. */
const MIN_AGE_MS = 3_600_000
const INTERVAL_MS = 3_600_000

/** Removes now and then what crashes left behind. `stop` waits for a sweep that is under way. */
export function createOrphanSweeper({
  state,
  blobs,
  clock,
  logger,
}: Pick<Parts, 'state' | 'blobs' | 'clock' | 'logger'>): { start: () => void; stop: () => Promise<void> } {
  let timer: NodeJS.Timeout | undefined
  let sweeping: Promise<void> = Promise.resolve()
  const sweep = async (): Promise<void> => {
    try {
      const count = await sweepOrphans({ state, blobs }, clock.now() - MIN_AGE_MS)
      if (count > 0) logger.info({ count }, 'removed files that nothing names')
    } catch (err) {
      logger.error({ err }, 'the sweep for forgotten files failed')
    }
  }
  const begin = (): void => {
    sweeping = sweeping.then(sweep)
  }
  return {
    start: () => {
      begin()
      timer = setInterval(begin, INTERVAL_MS)
      timer.unref()
    },
    stop: () => {
      clearInterval(timer)
      return sweeping
    },
  }
}
