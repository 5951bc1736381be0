import { closeSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { AfterimageError } from '../core/errors.ts'
import { isBusy, toOpenError } from './sqlite-errors.ts'

/**
 * Page cache in KiB (negative: a size, not a count): the hot part of the indexes of some 100,000 jobs. The kernel keeps
 * the other pages; a bigger cache only makes the process grow with its database for hours.
 */
const CACHE_KIB = 16_000

/**
 * Opens or creates a database in WAL mode with synchronous=FULL: a commit has survived a power loss when it returns.
 * The file is readable by its owner only, because prompts and key hashes are in it.
 * @param busyTimeoutMs how long a statement waits for another process; the event loop stands still meanwhile
 * @throws AfterimageError `unavailable` with the file's name when it is damaged, foreign or cannot be opened
 */
export function openDatabase(file: string, busyTimeoutMs: number): DatabaseSync {
  try {
    createPrivateFile(file)
    const database = new DatabaseSync(file, { timeout: busyTimeoutMs })
    try {
      refuseForeign(database, file)
      configure(database, file)
      return database
    } catch (error) {
      database.close()
      throw error
    }
  } catch (error) {
    throw hasSystemCode(error) ? cannotOpen(error, file) : toOpenError(error, file)
  }
}

function createPrivateFile(file: string): void {
  mkdirSync(dirname(file), { recursive: true })
  closeSync(openSync(file, 'a', 0o600))
}

function hasSystemCode(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error
}

function cannotOpen(error: NodeJS.ErrnoException, file: string): AfterimageError {
  return new AfterimageError('unavailable', `${file}: the database file cannot be opened (${error.code}).`, {
    cause: error,
  })
}

/** Writing our tables into somebody else's database would be worse than not starting. */
function refuseForeign(database: DatabaseSync, file: string): void {
  const tables = database
    .prepare(`SELECT name FROM sqlite_master WHERE type = 'table'`)
    .all()
    .map(({ name }) => name)
  if (tables.length > 0 && !tables.includes('schema_version'))
    throw new AfterimageError(
      'unavailable',
      `${file}: this is a database of another program; choose another data folder.`,
    )
}

function configure(database: DatabaseSync, file: string): void {
  const mode = database.prepare('PRAGMA journal_mode = WAL').get()?.['journal_mode']
  if (mode !== 'wal')
    throw new AfterimageError(
      'unavailable',
      `${file}: the file system cannot hold a shared database (network file systems cannot); use a local disk.`,
    )
  database.exec(
    `PRAGMA synchronous = FULL; PRAGMA cache_size = -${CACHE_KIB}; PRAGMA wal_autocheckpoint = 4000`,
  )
}

/**
 * Marks this process as the only one that works on a database, until the answer is called or the process dies.
 * The lock is one of SQLite on a file beside it, which the system drops with the process however it ends; a file
 * with a process id in it would outlive a crash.
 * @throws AfterimageError `unavailable` when another process holds it
 */
export function lockOwner(file: string, busyTimeoutMs: number): () => void {
  const lockFile = `${file}.owner`
  createPrivateFile(lockFile)
  const lock = new DatabaseSync(lockFile, { timeout: busyTimeoutMs })
  try {
    lock.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    lock.close()
    if (!isBusy(error)) throw toOpenError(error, lockFile)
    throw new AfterimageError(
      'unavailable',
      `${file} is in use by another Afterimage process; stop that one or choose another data folder.`,
    )
  }
  return () => {
    if (lock.isOpen) lock.close()
  }
}
