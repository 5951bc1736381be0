/** How long jobs and assets are kept, and their end. */
import { removeBlobs } from './end-job.ts'
import type { BlobStore, Clock, StateStore } from './ports.ts'

/** How long the result of a job that is not stored can be fetched after its end, in milliseconds: an hour. */
export const UNSTORED_MS = 3_600_000

/** When something made now expires, in milliseconds; null: never. A request can only shorten its time. */
export type ExpiryOf = (accountId: string, requestedSeconds: number | null) => Promise<number | null>

/** @param deps.serverSeconds the setting of the server; null keeps everything. An account may have less or more. */
export function createExpiryOf(deps: {
  state: Pick<StateStore, 'getRetention'>
  clock: Clock
  serverSeconds: number | null
}): ExpiryOf {
  return async (accountId, requestedSeconds) => {
    const allowed = (await deps.state.getRetention(accountId)) ?? deps.serverSeconds
    const seconds = Math.min(allowed ?? Infinity, requestedSeconds ?? Infinity)
    return seconds === Infinity ? null : deps.clock.now() + seconds * 1000
  }
}

export type SweepExpiredDeps = {
  state: Pick<StateStore, 'listExpired' | 'deleteJob' | 'deleteAsset'>
  blobs: Pick<BlobStore, 'delete'>
}

/** Rows of each kind that one round removes. */
const BATCH = 100

/**
 * Removes what has expired: the row first, so that nobody finds it any more, then its bytes; those of a sweep that was
 * cut short in between are found by the sweep for orphans. Nothing of a job that has not ended is removed, and a job has
 * its own copy of each input, so a submit loses nothing.
 * @param now milliseconds
 * @returns how many jobs and assets were removed
 */
export async function sweepExpired({ state, blobs }: SweepExpiredDeps, now: number): Promise<number> {
  for (let count = 0; ;) {
    const { jobs, assets } = await state.listExpired(now, BATCH)
    let removed = 0
    for (const [list, remove] of [
      [jobs, state.deleteJob],
      [assets, state.deleteAsset],
    ] as const)
      for (const { id, accountId } of list) {
        const deleted = await remove(id, accountId)
        if (deleted === null) continue
        await removeBlobs(blobs, deleted.blobKeys)
        removed += 1
      }
    count += removed
    // A row that cannot be removed must not keep the sweep going for ever.
    if (removed === 0) return count
  }
}
