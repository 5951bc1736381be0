/** What the command line says when it cannot go on. */
import { isAfterimageError } from '../core/errors.ts'

/** One sentence for faults that we know, the whole trace for those that we do not; exit code 1. */
export function fail(error: unknown): void {
  console.error(
    isAfterimageError(error) && error.code !== 'internal' ? `afterimage: ${error.message}` : error,
  )
  process.exitCode = 1
}
