import { AfterimageError } from './errors.ts'
import type { StateStore } from './ports.ts'

export type QueueRoom = {
  /**
   * Does work that ends with a job stored, if there is room for it.
   * @throws AfterimageError `queue_full` before the work begins
   */
  hold: <Result>(work: () => Promise<Result>) => Promise<Result>
}

/** A guess that spreads callers out; nobody knows how long the jobs in front take. */
const QUEUE_FULL_RETRY_SECONDS = 10

/**
 * Limits the jobs that wait or run in all: a queue that only grows helps nobody.
 * Submits that are under way count as well, because storing inputs takes long enough for hundreds of others to look
 * at the same number and all find room. Exact in one process; several may overshoot by what each has under way.
 */
export function createQueueRoom(state: Pick<StateStore, 'countPending'>, maxPending: number): QueueRoom {
  let underWay = 0
  return {
    hold: async (work) => {
      underWay += 1
      try {
        const pending = (await state.countPending()) + underWay - 1
        if (pending >= maxPending) throw queueFull(pending, maxPending)
        return await work()
      } finally {
        underWay -= 1
      }
    },
  }
}

function queueFull(pending: number, maxPending: number): AfterimageError {
  return new AfterimageError(
    'queue_full',
    `${pending} jobs are waiting or running, and this server takes ${maxPending}; try again later.`,
    { retryAfterSeconds: QUEUE_FULL_RETRY_SECONDS },
  )
}
