import type { Parts } from './parts.ts'

/** Something that is tidied at the start and then again and again. `stop` waits for a sweep that is under way. */
export type Sweeper = { start: () => void; stop: () => Promise<void> }

export type SweepOptions = {
  /** Milliseconds from one sweep to the next. */
  intervalMs: number
  /** One sweep; answers how many things it removed. `isFirst`: the one at the start. */
  sweep: (isFirst: boolean) => Promise<number>
  /** For the log, once each: what was removed, and what did not succeed. */
  words: { removed: string; failed: string }
  logger: Pick<Parts['logger'], 'info' | 'error'>
}

/** One sweep at a time: one that is due while another is under way is left out. A sweep that fails is logged, and the next one comes. */
export function createSweeper({ intervalMs, sweep, words, logger }: SweepOptions): Sweeper {
  let timer: NodeJS.Timeout | undefined
  let sweeping: Promise<void> | null = null
  const once = async (isFirst: boolean): Promise<void> => {
    try {
      const count = await sweep(isFirst)
      if (count > 0) logger.info({ count }, words.removed)
    } catch (err) {
      logger.error({ err }, words.failed)
    }
  }
  const begin = (isFirst: boolean): void => {
    sweeping ??= once(isFirst).finally(() => (sweeping = null))
  }
  return {
    start: () => {
      begin(true)
      timer = setInterval(() => begin(false), intervalMs)
      timer.unref()
    },
    stop: async () => {
      clearInterval(timer)
      await sweeping
    },
  }
}
