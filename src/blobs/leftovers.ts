/** Temporary files carry the mark of their process, so that a later one can tell whether anybody still writes them. */
import { randomBytes } from 'node:crypto'
import { readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { hasCode } from './durable.ts'

/** In a container every server has the same process id, so the start time is part of the mark. */
function processMark(): string {
  return `${process.pid}-${Math.round(performance.timeOrigin)}`
}

/** A name for a new temporary file, unique among all processes. */
export function temporaryName(): string {
  return `${processMark()}-${randomBytes(8).toString('hex')}`
}

/**
 * Deletes the temporary files whose writer is dead. Those of living processes stay: a directory may be shared.
 * @param before only what was last written before this time, in milliseconds: the process ids of other machines and
 *   containers mean nothing here
 */
export function removeLeftovers(directory: string, before: number): void {
  for (const name of readdirSync(directory)) {
    const path = join(directory, name)
    if (!isWriterAlive(name) && lastWrite(path) < before) rmSync(path, { force: true, recursive: true })
  }
}

/** Never, when it is gone already. */
function lastWrite(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Number.POSITIVE_INFINITY
}

function isWriterAlive(name: string): boolean {
  const pid = Number(name.split('-')[0])
  if (pid === process.pid) return name.startsWith(`${processMark()}-`)
  if (!Number.isSafeInteger(pid) || pid < 1) return false
  try {
    // Signal 0 only asks whether the process exists.
    process.kill(pid, 0)
    return true
  } catch (error) {
    return hasCode(error, 'EPERM')
  }
}
