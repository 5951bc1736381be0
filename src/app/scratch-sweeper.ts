import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { hasCode } from '../blobs/durable.ts'
import type { Parts } from './parts.ts'
import { createSweeper, type Sweeper } from './sweeper.ts'

const INTERVAL_MS = 3_600_000
/** File systems stamp folders with a clock that lags a little behind the system's. */
const CLOCK_MARGIN_MS = 2000
/** Beyond the longest job: what another process may still write into is never taken away. */
const SHARED_MARGIN_MS = 3_600_000

export type ScratchSweeperDeps = Pick<Parts, 'config' | 'logger' | 'isSingleOwner'>

/**
 * Removes the working folders that killed processes left behind. They hold people's pictures, of which nothing else
 * knows: neither deletion nor expiry would ever reach them.
 * @param root folder of the working folders of all attempts; it may not exist yet
 */
export function createScratchSweeper(
  root: string,
  { config, logger, isSingleOwner }: ScratchSweeperDeps,
): Sweeper {
  const begunMs = Date.now()
  const limits = Object.values(config.engineLimits).map(({ timeoutSeconds }) => timeoutSeconds ?? 0)
  const longestMs = Math.max(config.jobTimeoutSeconds, ...limits) * 1000
  return createSweeper({
    intervalMs: INTERVAL_MS,
    logger,
    words: {
      removed: 'removed working folders that a killed process had left',
      failed: 'the sweep for forgotten working folders failed',
    },
    sweep: async (isFirst) => {
      // Among several processes, only age tells.
      if (!isSingleOwner) return removeOlder(root, Date.now() - longestMs - SHARED_MARGIN_MS)
      // The one owner before this process is dead. Later there is nothing of it, and a clock that was set back since would
      // make the folders of jobs that run now look as old.
      return isFirst ? removeOlder(root, begunMs - CLOCK_MARGIN_MS) : 0
    },
  })
}

async function removeOlder(root: string, beforeMs: number): Promise<number> {
  let count = 0
  for (const name of await readdir(root).catch(whereAbsent([]))) {
    const path = join(root, name)
    const found = await stat(path).catch(whereAbsent(null))
    if (found === null || found.mtimeMs >= beforeMs) continue
    await rm(path, { recursive: true, force: true })
    count += 1
  }
  return count
}

/** Another process may have removed it meanwhile. */
function whereAbsent<Value>(value: Value): (error: unknown) => Value {
  return (error) => {
    if (hasCode(error, 'ENOENT')) return value
    throw error
  }
}
