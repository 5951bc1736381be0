/** What a file system answers when it cannot take or give bytes, in our own words. */
import { AfterimageError } from './errors.ts'

/** The store is full: no space, quota reached, file too big for the file system. */
const FULL_CODES = new Set(['ENOSPC', 'EDQUOT', 'EFBIG'])
/** The store is out of order: a failing disk, one that turned read-only, a share that went away. */
const FAILING_CODES = new Set(['EIO', 'EROFS', 'ENODEV', 'ENXIO', 'ESTALE', 'EHOSTDOWN'])
/** Somebody mends it, or a share comes back; asking again sooner would only add load. */
const RETRY_SECONDS = 10

/** `storage_full` for a full disk, `unavailable` for one that is out of order; everything else unchanged. */
export function toStorageFault(error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (FULL_CODES.has(code))
    return new AfterimageError('storage_full', 'There is no room left on the disk to store this.', {
      cause: error,
    })
  if (FAILING_CODES.has(code))
    return new AfterimageError(
      'unavailable',
      'The disk of this server cannot be used now; try again later.',
      {
        cause: error,
        retryAfterSeconds: RETRY_SECONDS,
      },
    )
  return error
}
