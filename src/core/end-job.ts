/** What a user can do to a job that exists: cancel it, delete it. */
import type { Job } from './job.ts'
import type { BlobStore, StateStore } from './ports.ts'

export type CancelDeps = {
  state: Pick<StateStore, 'cancel'>
  blobs: Pick<BlobStore, 'delete'>
  /** Tells a worker of this process at once; a worker elsewhere learns it by its next heartbeat. */
  onCancelRequested: (jobId: string) => void
}

export type CancelJob = (id: string, accountId: string) => Promise<Job | null>

/** Waiting jobs end at once, running ones are asked to stop, ended ones stay as they are. Null: unknown id. */
export function createCancelJob({ state, blobs, onCancelRequested }: CancelDeps): CancelJob {
  return async (id, accountId) => {
    const job = await state.cancel(id, accountId)
    if (job?.isCancelRequested === true && job.completedAt === null) onCancelRequested(id)
    if (job !== null) await dropInputs(blobs, job)
    return job
  }
}

export type DeleteDeps = CancelDeps & {
  state: Pick<StateStore, 'cancel' | 'deleteJob'>
}

/** `cancelled`: it was pending and is asked to end; `deleted`: it had ended and is gone with its bytes. */
export type DeleteOutcome = { kind: 'deleted' } | { kind: 'cancelled'; job: Job }
export type DeleteJob = (id: string, accountId: string) => Promise<DeleteOutcome | null>

/** Krea's DELETE: cancels what is pending, removes what has ended. Null: unknown id. */
export function createDeleteJob(deps: DeleteDeps): DeleteJob {
  const cancel = createCancelJob(deps)
  return async (id, accountId) => {
    const deleted = await deps.state.deleteJob(id, accountId)
    if (deleted !== null) {
      await removeBlobs(deps.blobs, deleted.blobKeys)
      return { kind: 'deleted' }
    }
    const job = await cancel(id, accountId)
    return job === null ? null : { kind: 'cancelled', job }
  }
}

/** Removes the inputs of a job that has ended and asked for nothing to be stored; its row names them no more. */
export async function dropInputs(blobs: Pick<BlobStore, 'delete'>, job: Job): Promise<void> {
  if (job.completedAt === null || job.input.options.isStored) return
  await removeBlobs(
    blobs,
    job.input.images.map(({ blobKey }) => blobKey),
  )
}

/** Bytes whose row is gone. A failure leaves an orphan, which the sweep finds; the row must not come back. */
export async function removeBlobs(blobs: Pick<BlobStore, 'delete'>, keys: readonly string[]): Promise<void> {
  await Promise.allSettled(keys.map((key) => blobs.delete(key)))
}
