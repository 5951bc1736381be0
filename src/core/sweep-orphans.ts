import type { BlobStore, StateStore } from './ports.ts'

export type SweepDeps = { state: Pick<StateStore, 'listBlobKeys'>; blobs: BlobStore }

/**
 * Deletes blobs that no row names: what a crash between storing bytes and committing their row left behind.
 * Only blobs from before `before` (milliseconds) count, because a submit that is under way stores first and
 * commits later.
 * @returns how many were deleted
 */
export async function sweepOrphans({ state, blobs }: SweepDeps, before: number): Promise<number> {
  // Blobs first, then rows: a row that appears in between can only save a blob, never lose one.
  const candidates = new Set<string>()
  for await (const { key, modifiedAt } of blobs.list()) if (modifiedAt < before) candidates.add(key)
  for await (const key of state.listBlobKeys()) candidates.delete(key)
  for (const key of candidates) await blobs.delete(key)
  return candidates.size
}
