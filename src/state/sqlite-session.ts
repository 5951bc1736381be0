import type { DatabaseSync } from 'node:sqlite'
import { type Row, PAGE_ROWS, type Session } from './session.ts'
import { runScript } from './script.ts'
import { toOpenError } from './sqlite-errors.ts'
import { lockOwner, openDatabase } from './sqlite-open.ts'

const BUSY_TIMEOUT_MS = 5000

/**
 * Opens a database file, or creates it.
 * @param isSoleUser refuses while a server runs on it, and keeps servers from starting
 * @throws AfterimageError `unavailable` with the file's name
 */
export function openSqliteSession(file: string, { isSoleUser }: { isSoleUser: boolean }): Session {
  const unlock = isSoleUser ? lockOwner(file, 0) : null
  let database: DatabaseSync
  try {
    database = openDatabase(file, BUSY_TIMEOUT_MS)
  } catch (error) {
    unlock?.()
    throw error
  }
  return {
    run: (script) =>
      runScript(
        async (statements) => statements.map(({ text, args }) => database.prepare(text).all(...args)),
        script,
      ),
    transaction: (kind, work) =>
      transact(database, kind, work).catch((error: unknown) => {
        throw toOpenError(error, file)
      }),
    pages: async function* (table) {
      let page: Row[] = []
      for (const row of database.prepare(`SELECT * FROM ${table}`).iterate()) {
        page.push(row as Row)
        if (page.length < PAGE_ROWS) continue
        yield page
        page = []
      }
      if (page.length > 0) yield page
    },
    columns: async (table) =>
      database
        .prepare(`SELECT * FROM ${table}`)
        .columns()
        .map(({ name }) => name),
    hasTable: async (table) =>
      database.prepare(`SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?`).get(table) !==
      undefined,
    close: async () => {
      database.close()
      unlock?.()
    },
  }
}

async function transact<T>(
  database: DatabaseSync,
  kind: Parameters<Session['transaction']>[0],
  work: () => Promise<T>,
): Promise<T> {
  database.exec(kind === 'snapshot' ? 'BEGIN' : 'BEGIN IMMEDIATE')
  try {
    const result = await work()
    database.exec('COMMIT')
    return result
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK')
    throw error
  }
}
