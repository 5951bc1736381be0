/** Ctrl-C: once to stop submitting, twice to give up what runs too, and a third time to leave at once. */

/** What a shell expects of a program that a signal ended: 128 and the signal's number. */
const EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const

/** How long giving up may take before the process leaves all the same. */
const LEAVE_MS = 5000

export type Interrupt = {
  isStopping: () => boolean
  /** The code to end with; null when no signal came. */
  exitCode: () => number | null
  /** Signals have their usual effect again. */
  release: () => void
}

type Reactions = {
  /** The first signal: the run goes on until what runs is done. */
  onFirst: () => void
  /** The second: the run ends as soon as it can, within LEAVE_MS. */
  onSecond: () => void
  /** Before the process leaves at once: it took too long, or a third signal came. */
  onLeave: () => void
}

/** Listens for Ctrl-C and SIGTERM. */
export function watchInterrupts({ onFirst, onSecond, onLeave }: Reactions): Interrupt {
  let code: number | null = null
  let signals = 0
  const onSignal = (signal: NodeJS.Signals): void => {
    const signalCode = EXIT_CODES[signal as keyof typeof EXIT_CODES]
    code ??= signalCode
    signals += 1
    if (signals === 1) return onFirst()
    const leave = (): never => {
      onLeave()
      process.exit(signalCode)
    }
    if (signals > 2) leave()
    setTimeout(leave, LEAVE_MS).unref()
    onSecond()
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
