import { AfterimageError } from '../core/errors.ts'

/** Primary result codes of https://sqlite.org/rescode.html (the low byte of the extended ones). */
const CODES = {
  busy: 5,
  locked: 6,
  noMemory: 7,
  readOnly: 8,
  ioError: 10,
  corrupt: 11,
  full: 13,
  cannotOpen: 14,
  notDatabase: 26,
} as const

/** What to tell the caller; the operator finds the details in the cause. */
const SENTENCES: Readonly<Record<number, string>> = {
  [CODES.busy]: 'The database is busy with another process; try again.',
  [CODES.locked]: 'The database is busy with another process; try again.',
  [CODES.noMemory]: 'The database ran out of memory.',
  [CODES.readOnly]: 'The database cannot be written; check the permissions of its file and folder.',
  [CODES.ioError]: 'The disk of the database failed to read or write.',
  [CODES.corrupt]: 'The database file is damaged; restore a backup.',
  [CODES.cannotOpen]: 'The database file cannot be opened; check its folder and permissions.',
  [CODES.notDatabase]: 'The database file is not a database; it was overwritten or is encrypted.',
}

/** The primary result code of an error of node:sqlite, or null for any other error. */
function resultCode(error: unknown): number | null {
  const isSqlite = error instanceof Error && 'errcode' in error && typeof error.errcode === 'number'
  return isSqlite ? (error.errcode as number) & 0xff : null
}

/** `storage_full` or `unavailable` for faults of the machine; everything else unchanged. */
export function toStateError(error: unknown): unknown {
  const code = resultCode(error)
  if (code === CODES.full)
    return new AfterimageError('storage_full', 'There is no room left on the disk to store this.', {
      cause: error,
    })
  const sentence = code === null ? undefined : SENTENCES[code]
  return sentence === undefined ? error : new AfterimageError('unavailable', sentence, { cause: error })
}

/** The same for a failure at open, which names the file because its reader is the operator. */
export function toOpenError(error: unknown, file: string): unknown {
  const found = toStateError(error)
  return found instanceof AfterimageError && found !== error
    ? new AfterimageError(found.code, `${file}: ${found.message}`, { cause: error })
    : found
}

export function isBusy(error: unknown): boolean {
  return resultCode(error) === CODES.busy
}
