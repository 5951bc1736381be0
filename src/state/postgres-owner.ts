import { AfterimageError } from '../core/errors.ts'
import { createClient, type PostgresServer } from './postgres-connection.ts'

/** Beside the lock of the driver. */
const OWNER_LOCK = '1634103913, 2'

/**
 * Marks this process as the only one that runs jobs of a database, until the answer is called or its connection ends.
 * After a restart of the server nobody holds the mark; that costs nothing but work done twice, as leases fence.
 * @throws AfterimageError `unavailable` when another process holds it; `invalid_request` behind a pooler, whose
 *   connections belong to nobody
 */
export async function lockPostgresOwner(server: PostgresServer): Promise<() => Promise<void>> {
  if (server.isPooled)
    throw new AfterimageError(
      'invalid_request',
      'A single owner needs a direct connection to Postgres; leave PgBouncer out, or share the database.',
    )
  const client = createClient(server)
  const unlock = (): Promise<void> => client.end().catch(() => undefined)
  try {
    await client.connect()
    const { rows } = await client.query<{ held: boolean }>(
      `SELECT pg_try_advisory_lock(${OWNER_LOCK}) AS held`,
    )
    if (rows[0]?.held === true) return unlock
    throw new AfterimageError(
      'unavailable',
      `${server.name} is in use by another Afterimage process; stop that one or choose another database.`,
    )
  } catch (error) {
    await unlock()
    throw error
  }
}
