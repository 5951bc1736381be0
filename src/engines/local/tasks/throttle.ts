/** Lets at most four values a second through, and the last one always. */
const EVERY_MS = 250

export type Throttle<Value> = {
  report: (value: Value) => void
  /** Sends the value that was held back, if one is. */
  flush: () => void
}

/** Without a timer on purpose: the pixel filters are synchronous, and no timer would fire between their steps. */
export function createThrottle<Value>(
  send: (value: Value) => void,
  now: () => number = () => performance.now(),
): Throttle<Value> {
  let sentAt = Number.NEGATIVE_INFINITY
  let held: { value: Value } | null = null
  return {
    report: (value) => {
      if (now() - sentAt < EVERY_MS) {
        held = { value }
        return
      }
      sentAt = now()
      held = null
      send(value)
    },
    flush: () => {
      if (held !== null) send(held.value)
      held = null
    },
  }
}
