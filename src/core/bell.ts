/** Wakes one sleeper; a ring while nobody sleeps is remembered, so that nothing is missed in between. */
export type Bell = {
  ring: () => void
  /** Resolves at the next ring, or after `ms`; at once when it rang since the last wait. */
  wait: (ms: number) => Promise<void>
}

export function createBell(): Bell {
  let hasRung = false
  let wakeSleeper: (() => void) | null = null
  return {
    ring: () => {
      hasRung = true
      wakeSleeper?.()
    },
    wait: async (ms) => {
      if (!hasRung)
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, ms)
          wakeSleeper = () => {
            clearTimeout(timer)
            resolve()
          }
        })
      wakeSleeper = null
      hasRung = false
    },
  }
}
