/** Ctrl-C: once to stop submitting, twice to leave at once. */

/** What a shell expects of a program that a signal ended: 128 and the signal's number. */
const EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const

export type Interrupt = {
  isStopping: () => boolean
  /** The code to end with; null when no signal came. */
  exitCode: () => number | null
  /** Signals have their usual effect again. */
  release: () => void
}

/**
 * Listens for Ctrl-C and SIGTERM.
 * @param onFirst called with the first signal; the run goes on until what was accepted is done
 * @param onSecond called before the process leaves at once
 */
export function watchInterrupts({
  onFirst,
  onSecond,
}: {
  onFirst: () => void
  onSecond: () => void
}): Interrupt {
  let code: number | null = null
  const onSignal = (signal: NodeJS.Signals): void => {
    const signalCode = EXIT_CODES[signal as keyof typeof EXIT_CODES]
    if (code !== null) {
      onSecond()
      process.exit(signalCode)
    }
    code = signalCode
    onFirst()
  }
  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)
  return {
    isStopping: () => code !== null,
    exitCode: () => code,
    release: () => {
      process.off('SIGINT', onSignal)
      process.off('SIGTERM', onSignal)
    },
  }
}
