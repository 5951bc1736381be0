import type { DeliveryStore } from '../core/delivery.ts'
import type { Clock } from '../core/ports.ts'

/** Deliveries that are over stay this long, for their log and for replays. */
const KEPT_MS = 30 * 24 * 3_600_000
const INTERVAL_MS = 3_600_000

export type DeliverySweeperDeps = {
  store: Pick<DeliveryStore, 'removeOld'>
  clock: Clock
  onError: (error: unknown) => void
}

/** Removes old deliveries now and then, in portions. `stop` waits for the portion that is under way. */
export function createDeliverySweeper({ store, clock, onError }: DeliverySweeperDeps): {
  start: () => void
  stop: () => Promise<void>
} {
  let timer: NodeJS.Timeout | undefined
  const stopping = new AbortController()
  let sweeping: Promise<void> = Promise.resolve()
  const sweep = async (): Promise<void> => {
    try {
      const before = clock.now() - KEPT_MS
      while (!stopping.signal.aborted && (await store.removeOld(before)) > 0);
    } catch (error) {
      onError(error)
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
      stopping.abort()
      clearInterval(timer)
      return sweeping
    },
  }
}
