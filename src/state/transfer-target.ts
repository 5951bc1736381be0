/** Where the rows of an import go. */
import { rows, type SqlValue } from './script.ts'
import { type Row, type Session, stateTables } from './session.ts'

/** Rows of each table. */
export type Counts = Readonly<Record<string, number>>

/** SQLite takes 32,766 at most, Postgres 65,535. */
const MAX_PARAMETERS = 3000

export type Line = Readonly<Record<string, unknown>>
type Batch = { table: string; rows: SqlValue[][] }
export type Target = {
  /** Answers what is wrong with the line, or null. */
  add: (line: Line) => Promise<string | null>
  flush: () => Promise<Counts>
}

/** Takes rows of an export, checks each, and inserts many at once. */
export async function createTarget(session: Session): Promise<Target> {
  const columns = new Map<string, readonly string[]>()
  for (const table of stateTables()) columns.set(table, await session.columns(table))
  const counts: Record<string, number> = Object.fromEntries([...columns.keys()].map((table) => [table, 0]))
  let batch: Batch = { table: '', rows: [] }
  const flush = async (): Promise<Counts> => {
    if (batch.rows.length > 0) await insert(session, batch, columns.get(batch.table) ?? [])
    counts[batch.table] = (counts[batch.table] ?? 0) + batch.rows.length
    batch = { table: batch.table, rows: [] }
    return counts
  }
  const add: Target['add'] = async ({ table, row }) => {
    const names = typeof table === 'string' ? columns.get(table) : undefined
    if (typeof table !== 'string' || names === undefined) return 'is of no table that this program knows'
    const values = valuesOf(row, names)
    if (typeof values === 'string') return values
    if (table !== batch.table || (batch.rows.length + 1) * names.length > MAX_PARAMETERS) {
      if (batch.table !== '') await flush()
      batch = { table, rows: [] }
    }
    batch.rows.push(values)
    return null
  }
  return { add, flush: async () => (batch.table === '' ? counts : flush()) }
}

async function insert(
  session: Session,
  { table, rows: values }: Batch,
  names: readonly string[],
): Promise<void> {
  const places = `(${names.map(() => '?').join(', ')})`
  const text = `INSERT INTO ${table} (${names.join(', ')}) VALUES ${values.map(() => places).join(', ')}`
  await session.run(rows(text, ...values.flat()))
}

/** Exactly the columns of the table, for a name out of the file must never become part of a statement; or the fault. */
function valuesOf(row: unknown, names: readonly string[]): SqlValue[] | string {
  if (typeof row !== 'object' || row === null) return 'has no row'
  const values = row as Partial<Row>
  if (Object.keys(values).length !== names.length) return 'has other columns than its table'
  const faulty = names.find((name) => !isSqlValue(values[name]))
  if (faulty !== undefined) return `has no text, whole number or null in the column ${faulty}`
  return names.map((name) => values[name] ?? null)
}

function isSqlValue(value: unknown): value is SqlValue {
  return value === null || typeof value === 'string' || Number.isSafeInteger(value)
}
