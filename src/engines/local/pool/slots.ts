/** A fixed number of places; who finds none waits in order of arrival. */
import { AfterimageError } from '../../../core/errors.ts'

export type Slots = {
  /** @throws AfterimageError `cancelled` when the signal fires first */
  acquire: (signal: AbortSignal) => Promise<void>
  release: () => void
  /** Every waiting and later `acquire` fails with this. */
  close: (reason: AfterimageError) => void
}

type Waiting = { admit: () => void; refuse: (error: AfterimageError) => void }

/** @param size at least 1 */
export function createSlots(size: number): Slots {
  const waiting: Waiting[] = []
  let free = size
  let closed: AfterimageError | null = null

  const wait = (signal: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      const entry: Waiting = {
        admit: () => {
          signal.removeEventListener('abort', onAbort)
          resolve()
        },
        refuse: (error) => {
          signal.removeEventListener('abort', onAbort)
          reject(error)
        },
      }
      const onAbort = (): void => {
        waiting.splice(waiting.indexOf(entry), 1)
        reject(new AfterimageError('cancelled'))
      }
      signal.addEventListener('abort', onAbort, { once: true })
      waiting.push(entry)
    })

  return {
    acquire: async (signal) => {
      if (closed !== null) throw closed
      if (signal.aborted) throw new AfterimageError('cancelled')
      if (free === 0) return wait(signal)
      free -= 1
    },
    release: () => {
      const next = waiting.shift()
      // A place is handed over, not freed: else a newcomer could take it before the one who waits.
      if (next === undefined) free += 1
      else next.admit()
    },
    close: (reason) => {
      closed = reason
      for (const entry of waiting.splice(0)) entry.refuse(reason)
    },
  }
}
