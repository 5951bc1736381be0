/** One connection of its own, for work on a whole database: schema, export, import. */
import { MIGRATIONS } from './migrate.ts'
import type { Script, SqlValue } from './script.ts'

export type Row = Readonly<Record<string, SqlValue>>

export type Session = {
  /** Runs a script inside the transaction that is open, or each statement by itself. */
  run: <T>(script: Script<T>) => Promise<T>
  /**
   * `snapshot` sees one moment throughout and writes nothing; `exclusive` keeps other claims and changes of the schema
   * out. Work that throws is taken back whole.
   */
  transaction: <T>(kind: 'snapshot' | 'exclusive', work: () => Promise<T>) => Promise<T>
  /** Every row of a table, some hundred at a time. Only inside a transaction. */
  pages: (table: string) => AsyncIterable<readonly Row[]>
  columns: (table: string) => Promise<readonly string[]>
  hasTable: (table: string) => Promise<boolean>
  close: () => Promise<void>
}

/** Rows that `pages` answers at once. */
export const PAGE_ROWS = 500

/** The tables that hold the state, as the migrations make them; the table of versions is not among them. */
export function stateTables(): readonly string[] {
  return MIGRATIONS.flatMap(({ statements }) =>
    statements.flatMap((text) => /^CREATE TABLE (\w+)/u.exec(text)?.[1] ?? []),
  )
}
