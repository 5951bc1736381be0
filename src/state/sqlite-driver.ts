import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { AfterimageError } from '../core/errors.ts'
import type { Clock } from '../core/ports.ts'
import type { Driver, Script, WriteOptions } from './script.ts'
import { toStateError } from './sqlite-errors.ts'

/** A driver whose transactions run in one synchronous function. */
export type SqliteDriver = Driver & {
  /** A transaction of its own, at once. Only for the start, before anything else is under way. */
  writeNow: <T>(script: (now: number) => Script<T>) => T
}

/** `run` does the work inside the transaction; `settle` answers the caller after the commit. */
type PendingWrite = {
  run: () => void
  settle: () => void
  fail: (error: unknown) => void
  mayWakeWorkers: boolean
}

/**
 * Runs scripts on `node:sqlite`. All writes of one turn of the event loop share one transaction and so one fsync,
 * which is worth a factor of 40 on a disk that takes 2 ms to sync; each has a savepoint, so that one that fails
 * takes nothing of its neighbours with it. Nothing else can run between the statements of a flush.
 * @param database stays open until `close`, which closes it
 */
export function createSqliteDriver(database: DatabaseSync, clock: Clock): SqliteDriver {
  const run = createRunner(database)
  const listeners = new Set<() => void>()
  let pending: PendingWrite[] = []
  let isClosed = false

  const flush = (): void => {
    const batch = pending
    pending = []
    if (batch.length === 0) return
    for (const write of commit(database, batch)) write.settle()
    if (batch.some(({ mayWakeWorkers }) => mayWakeWorkers)) for (const listener of listeners) listener()
  }

  const write = async <T>(script: (now: number) => Script<T>, options: WriteOptions = {}): Promise<T> => {
    if (isClosed) throw closed()
    const { promise, resolve, reject } = Promise.withResolvers<T>()
    let settle = (): void => {}
    if (pending.length === 0) setImmediate(flush)
    pending.push({
      run: () => {
        const result = run(script(clock.now()))
        settle = () => resolve(result)
      },
      settle: () => settle(),
      fail: (error) => reject(toStateError(error)),
      mayWakeWorkers: options.mayWakeWorkers ?? false,
    })
    return promise
  }

  const read = async <T>(script: () => Script<T>): Promise<T> => {
    if (isClosed) throw closed()
    return withStateErrors(() => run(script()))
  }

  return {
    read,
    write,
    now: async () => clock.now(),
    writeNow: (script) => withStateErrors(() => transact(database, () => run(script(clock.now())))),
    onWake: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    close: async () => {
      if (isClosed) return
      isClosed = true
      flush()
      listeners.clear()
      database.close()
    },
  }
}

function closed(): AfterimageError {
  return new AfterimageError('unavailable', 'The server is shutting down.')
}

function withStateErrors<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw toStateError(error)
  }
}

/** Drives a script to its end; each text is prepared once. */
function createRunner(database: DatabaseSync): <T>(script: Script<T>) => T {
  const statements = new Map<string, StatementSync>()
  const prepare = (text: string): StatementSync => {
    const known = statements.get(text)
    if (known !== undefined) return known
    const prepared = database.prepare(text)
    statements.set(text, prepared)
    return prepared
  }
  return (script) => {
    let step = script.next([])
    while (step.done !== true)
      step = script.next(step.value.map(({ text, args }) => prepare(text).all(...args)))
    return step.value
  }
}

function transact<T>(database: DatabaseSync, work: () => T): T {
  database.exec('BEGIN IMMEDIATE')
  try {
    const result = work()
    database.exec('COMMIT')
    return result
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK')
    throw error
  }
}

/** Answers the writes that are committed; the others have been told why not. */
function commit(database: DatabaseSync, batch: readonly PendingWrite[]): readonly PendingWrite[] {
  let open = [...batch]
  try {
    transact(database, () => {
      for (const write of batch) {
        const failure = runInSavepoint(database, write)
        if (failure === null) continue
        write.fail(failure.error)
        open = open.filter((other) => other !== write)
      }
    })
    return open
  } catch (error) {
    for (const write of open) write.fail(error)
    return []
  }
}

/**
 * A full disk and some other faults make SQLite roll back everything by itself; then the savepoint is gone, and the
 * error goes on to the whole batch.
 */
function runInSavepoint(database: DatabaseSync, write: PendingWrite): { error: unknown } | null {
  database.exec('SAVEPOINT write')
  try {
    write.run()
    database.exec('RELEASE write')
    return null
  } catch (error) {
    if (!database.isTransaction) throw error
    database.exec('ROLLBACK TO write; RELEASE write')
    return { error }
  }
}
