import { sweepExpired } from '../core/retention.ts'
import type { Parts } from './parts.ts'

/** What has expired stays at most this long. */
const INTERVAL_MS = 60_000

/** Removes what has expired, at the start and every minute. `stop` waits for a sweep that is under way. */
export function createRetentionSweeper({
  state,
  blobs,
  clock,
  logger,
}: Pick<Parts, 'state' | 'blobs' | 'clock' | 'logger'>): { start: () => void; stop: () => Promise<void> } {
  let timer: NodeJS.Timeout | undefined
  let sweeping: Promise<void> | null = null
  const sweep = async (): Promise<void> => {
    try {
      const count = await sweepExpired({ state, blobs }, clock.now())
      if (count > 0) logger.info({ count }, 'removed what had expired')
    } catch (err) {
      logger.error({ err }, 'the sweep for what has expired failed')
    }
  }
  const begin = (): void => {
    sweeping ??= sweep().finally(() => (sweeping = null))
  }
  return {
    start: () => {
      begin()
      timer = setInterval(begin, INTERVAL_MS)
      timer.unref()
    },
    stop: async () => {
      clearInterval(timer)
      await sweeping
    },
  }
}
