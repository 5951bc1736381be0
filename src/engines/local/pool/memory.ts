/** Watches how much memory another process really holds. */
import { readFile } from 'node:fs/promises'
import { constrainedMemory } from 'node:process'
import { totalmem } from 'node:os'

/** A picture that runs away grows by some hundred megabytes a second; oftener would only cost time. */
export const WATCH_EVERY_MS = 200
const GIGABYTE = 1024 ** 3
/** Enlarging to the largest allowed picture with both networks peaks at about 2.3 GB. */
const MOST_BY_DEFAULT = 3 * GIGABYTE

/** Half of what this machine or container has, between 1 and 3 GB. */
export function defaultMaxRssBytes(): number {
  const limit = constrainedMemory()
  const available = limit > 0 ? Math.min(limit, totalmem()) : totalmem()
  return Math.max(GIGABYTE, Math.min(MOST_BY_DEFAULT, Math.floor(available / 2)))
}

/**
 * Resident bytes of a process, or null where the system has no /proc or the process is gone.
 * `status` and not `statm`: the latter counts in pages, whose size Node cannot tell (4 to 64 KB on arm64).
 */
export async function readResidentBytes(pid: number): Promise<number | null> {
  const status = await readFile(`/proc/${pid}/status`, 'latin1').catch(() => '')
  const kilobytes = /^VmRSS:\s+(\d+) kB$/mu.exec(status)?.[1]
  return kilobytes === undefined ? null : Number(kilobytes) * 1024
}

/** Calls `onExceeded` once when the process holds more than `maxBytes`; answers how to stop watching. */
export function watchMemory(watch: { pid: number; maxBytes: number; onExceeded: () => void }): () => void {
  const { pid, maxBytes, onExceeded } = watch
  const timer = setInterval(() => void look(), WATCH_EVERY_MS)
  timer.unref()
  const stop = (): void => clearInterval(timer)
  const look = async (): Promise<void> => {
    const bytes = await readResidentBytes(pid)
    if (bytes === null || bytes <= maxBytes) return
    stop()
    onExceeded()
  }
  return stop
}
