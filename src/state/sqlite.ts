import type { Clock, StateStore } from '../core/ports.ts'
import { expireLeases } from './claim.ts'
import type { QueueRules } from './lease.ts'
import { migrate, MIGRATIONS } from './migrate.ts'
import { rememberReads } from './remembered-reads.ts'
import { createSqliteDriver, type SqliteDriver } from './sqlite-driver.ts'
import { toOpenError } from './sqlite-errors.ts'
import { lockOwner, openDatabase } from './sqlite-open.ts'
import { createStateStore } from './store.ts'

export type SqliteStateOptions = Partial<QueueRules> & {
  /** Created with its folder when missing. `-wal`, `-shm` and `.owner` files appear beside it. */
  file: string
  clock: Clock
  /**
   * This process is the only one that runs jobs: leases left by its predecessor end at open, so that unfinished jobs
   * go on at once. Without it several processes may share the file, and lost leases end by their time.
   */
  isSingleOwner?: boolean
  /** How long to wait for another process that writes, in milliseconds; 5000 by default. */
  busyTimeoutMs?: number
}

const DEFAULTS = { maxAttempts: 5, defaultConcurrency: 8, busyTimeoutMs: 5000 }

/**
 * The state store in one file of SQLite, on a local disk.
 * @throws AfterimageError `unavailable` when the file is damaged, foreign, written by a newer program that excludes
 *   this one, or held by another single owner; `storage_full` when there is no room to create it
 */
export function createSqliteStateStore(options: SqliteStateOptions): StateStore {
  const busyTimeoutMs = options.busyTimeoutMs ?? DEFAULTS.busyTimeoutMs
  const rules: QueueRules = {
    maxAttempts: options.maxAttempts ?? DEFAULTS.maxAttempts,
    defaultConcurrency: options.defaultConcurrency ?? DEFAULTS.defaultConcurrency,
  }
  const unlock = options.isSingleOwner === true ? lockOwner(options.file, busyTimeoutMs) : null
  try {
    const driver = start(options, rules, busyTimeoutMs)
    const store = createStateStore(driver, rules)
    const close = async (): Promise<void> => {
      await store.close()
      unlock?.()
    }
    return { ...store, ...rememberReads(store, driver), close }
  } catch (error) {
    unlock?.()
    throw error
  }
}

function start(options: SqliteStateOptions, rules: QueueRules, busyTimeoutMs: number): SqliteDriver {
  const database = openDatabase(options.file, busyTimeoutMs)
  try {
    const driver = createSqliteDriver(database, options.clock)
    driver.writeNow((now) => migrate(MIGRATIONS, { now, hasVersions: false }))
    if (options.isSingleOwner === true)
      driver.writeNow((now) => expireLeases(Number.MAX_SAFE_INTEGER, { ...rules, now }))
    return driver
  } catch (error) {
    database.close()
    throw toOpenError(error, options.file)
  }
}
