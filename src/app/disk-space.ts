import { statfs } from 'node:fs/promises'
import { AfterimageError } from '../core/errors.ts'
import type { Clock } from '../core/ports.ts'

export type DiskGuardOptions = {
  directory: string
  /** Space that must stay free, in bytes; 0 switches the guard off. */
  minFreeBytes: number
  clock: Clock
  /** Free bytes of the file system; `statfs` by default. */
  measure?: (directory: string) => Promise<number>
}

/** Asking for each request would cost more than it tells. */
const REMEMBER_MS = 1000
const RETRY_SECONDS = 60

/**
 * Refuses new bytes while the disk is nearly full: before harm is done to the database, which shares it.
 * @returns a check that throws AfterimageError `storage_full`
 */
export function createDiskGuard(options: DiskGuardOptions): () => Promise<void> {
  const { directory, minFreeBytes, clock, measure = measureFree } = options
  let known = { at: Number.NEGATIVE_INFINITY, free: 0 }
  return async () => {
    if (minFreeBytes === 0) return
    const now = clock.now()
    if (now - known.at >= REMEMBER_MS) known = { at: now, free: await measure(directory) }
    if (known.free >= minFreeBytes) return
    throw new AfterimageError(
      'storage_full',
      'The disk of this server is nearly full; delete jobs and assets that you do not need, or try again later.',
      { retryAfterSeconds: RETRY_SECONDS },
    )
  }
}

async function measureFree(directory: string): Promise<number> {
  const { bavail, bsize } = await statfs(directory)
  return bavail * bsize
}
