/** What `/readyz` looks at: the database, the store of images, the room on the disk. */
import { AfterimageError, isAfterimageError, toAfterimageError } from '../core/errors.ts'
import type { BlobStore, Clock, StateStore } from '../core/ports.ts'
import type { HttpContext } from '../http/context.ts'

export type ReadinessDeps = {
  state: Pick<StateStore, 'countPending'>
  blobs: Pick<BlobStore, 'put' | 'delete'>
  clock: Clock
  /** @throws AfterimageError `storage_full` */
  assertDiskSpace: () => Promise<void>
}

/** Anybody may ask, and each look writes to the disk. */
const REMEMBER_MS = 5000
const PROBE = new Uint8Array([1])

/**
 * A server that cannot reach its database or write an image does no work. One whose disk is nearly full still answers,
 * cancels and deletes, so it stays ready and only says so: taken out of service, nobody could make room.
 */
export function createReadiness(deps: ReadinessDeps): HttpContext['checkReadiness'] {
  const { state, blobs, clock, assertDiskSpace } = deps
  const writeImage = async (): Promise<void> => {
    const { key } = await blobs.put(PROBE)
    await blobs.delete(key)
  }
  let images = { at: Number.NEGATIVE_INFINITY, isDiskLow: Promise.resolve(false) }
  const isDiskLow = (): Promise<boolean> => {
    const now = clock.now()
    if (now - images.at >= REMEMBER_MS)
      images = { at: now, isDiskLow: hasNoRoom(async () => (await assertDiskSpace(), writeImage())) }
    return images.isDiskLow
  }
  return async () => {
    const database = await faultOf('The database does not answer.', () => state.countPending())
    if (database.fault !== null) return { fault: database.fault, isDiskLow: false }
    const { fault, value } = await faultOf('The store of images cannot be written.', isDiskLow)
    return { fault, isDiskLow: value ?? false }
  }
}

async function hasNoRoom(work: () => Promise<void>): Promise<boolean> {
  try {
    await work()
    return false
  } catch (error) {
    if (isAfterimageError(error) && error.code === 'storage_full') return true
    throw error
  }
}

/** The reason stays in the log: who may ask need not know paths and hosts. */
async function faultOf<T>(
  sentence: string,
  look: () => Promise<T>,
): Promise<{ fault: AfterimageError | null; value: T | null }> {
  try {
    return { fault: null, value: await look() }
  } catch (error) {
    const cause = toAfterimageError(error)
    return { fault: new AfterimageError('unavailable', sentence, { cause }), value: null }
  }
}
