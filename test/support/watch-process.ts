/** What the system tells of another process; on other systems than Linux there is nothing to read. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'

/** Why there is nothing to read here, in one line; false when there is. In CI this is an error instead. */
export function whyNoProc(): string | false {
  if (existsSync('/proc/self/status')) return false
  if (process.env['CI'] !== undefined) throw new Error('no /proc to read memory from')
  return 'no /proc to read memory from: run it on Linux'
}

/** Resident bytes of a process: now, or the most it ever had. */
export function residentBytes(pid: number | null, which: 'VmRSS' | 'VmHWM'): number {
  const status = readFileSync(`/proc/${pid ?? 'none'}/status`, 'utf8')
  return Number(new RegExp(`${which}:\\s+(\\d+)`, 'u').exec(status)?.[1] ?? 0) * 1024
}

/** From now on `VmHWM` is the most since now. */
export function resetPeak(pid: number | null): void {
  writeFileSync(`/proc/${pid ?? 'none'}/clear_refs`, '5')
}
