import type { Client } from 'pg'
import { createClient, describeServer, type PostgresOptions } from './postgres-connection.ts'
import { toOpenError } from './postgres-errors.ts'
import { createQueries, exchange } from './postgres-statements.ts'
import { EXCLUSIVE_LOCK } from './postgres-driver.ts'
import { runScript } from './script.ts'
import { PAGE_ROWS, type Row, type Session } from './session.ts'

/**
 * Connects to a database.
 * @throws AfterimageError `invalid_request`, `unavailable` as `createPostgresStateStore`
 */
export async function openPostgresSession(options: PostgresOptions): Promise<Session> {
  const server = describeServer(options)
  // Counting and deleting whole tables may take longer than any statement of a server.
  const client = createClient({ ...server, config: { ...server.config, query_timeout: 0 } })
  const query = createQueries(server.isPooled)
  const named = async <T>(work: () => Promise<T>): Promise<T> =>
    work().catch((error: unknown) => {
      throw toOpenError(error, server.name)
    })
  await named(() => client.connect())
  return {
    run: (script) => named(() => runScript((statements) => exchange(client, statements.map(query)), script)),
    transaction: (kind, work) => named(() => transact(client, kind, work)),
    pages: async function* (table) {
      await client.query(`DECLARE pages NO SCROLL CURSOR FOR SELECT * FROM ${table}`)
      for (;;) {
        const { rows } = await client.query<Row>(`FETCH ${PAGE_ROWS} FROM pages`)
        if (rows.length === 0) break
        yield rows
      }
      await client.query('CLOSE pages')
    },
    columns: async (table) =>
      (await client.query(`SELECT * FROM ${table} LIMIT 0`)).fields.map(({ name }) => name),
    hasTable: async (table) =>
      (await client.query('SELECT 1 WHERE to_regclass($1) IS NOT NULL', [table])).rows.length > 0,
    close: () => client.end().catch(() => undefined),
  }
}

async function transact<T>(
  client: Client,
  kind: Parameters<Session['transaction']>[0],
  work: () => Promise<T>,
): Promise<T> {
  await client.query(
    kind === 'snapshot'
      ? 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY'
      : `BEGIN ISOLATION LEVEL READ COMMITTED; SELECT pg_advisory_xact_lock(${EXCLUSIVE_LOCK})`,
  )
  try {
    const result = await work()
    await client.query('COMMIT')
    return result
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined)
    throw error
  }
}
