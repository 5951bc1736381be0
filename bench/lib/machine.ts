/** What a figure was measured on, and whether the machine was quiet enough to measure. */
import { readFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'

/** One line for the head of a table. */
export function describeMachine(): string {
  const model = cpus()[0]?.model.trim() ?? 'unknown processor'
  const gib = Math.round(totalmem() / 2 ** 30)
  return `${cpus().length} x ${model}, ${gib} GiB, ${process.platform} ${process.arch}, Node ${process.version}`
}

type Ticks = { idle: number; total: number }

/** Processor time since boot; null where the system does not tell. */
function readTicks(): Ticks | null {
  try {
    const numbers = (readFileSync('/proc/stat', 'utf8').split('\n', 1)[0] ?? '')
      .split(/\s+/u)
      .slice(1)
      .map(Number)
    const [, , , idle = 0, waiting = 0] = numbers
    return { idle: idle + waiting, total: numbers.reduce((sum, value) => sum + value, 0) }
  } catch {
    return null
  }
}

const QUIET_SHARE = 0.8
const QUIET_SECONDS = 2
const PATIENCE_SECONDS = 150

/**
 * Resolves after two seconds in a row with at least 80 % idle: what else runs must not end up in the figures.
 * @throws Error when the machine stays busy; AFTERIMAGE_BENCH_ANYWAY=1 measures all the same
 */
export async function waitUntilQuiet(): Promise<void> {
  if (process.env['AFTERIMAGE_BENCH_ANYWAY'] === '1') return
  let quiet = 0
  let before = readTicks()
  for (let second = 0; second < PATIENCE_SECONDS && before !== null; second += 1) {
    await pause(1000)
    const now = readTicks()
    if (now === null) return
    const idle = (now.idle - before.idle) / Math.max(1, now.total - before.total)
    quiet = idle >= QUIET_SHARE ? quiet + 1 : 0
    if (quiet >= QUIET_SECONDS) return
    before = now
  }
  if (before !== null)
    throw new Error(
      `the machine was busy for ${PATIENCE_SECONDS} s; AFTERIMAGE_BENCH_ANYWAY=1 measures all the same`,
    )
}

/** Processor seconds that a process has used, user and system; null where the system does not tell. */
export function cpuSecondsOf(pid: number): number | null {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
    // Fields 14 and 15 of proc(5), counted from the state behind the name; 100 ticks a second on Linux.
    return (Number(fields[11]) + Number(fields[12])) / 100
  } catch {
    return null
  }
}
