import { AfterimageError } from './errors.ts'

/** What is said of a file whose row is there and whose bytes are not: to whoever asks it is gone, and not by a fault of theirs. */
export function missingBytes(): AfterimageError {
  return new AfterimageError('not_found', 'This file is gone: its bytes are no longer stored here.')
}
