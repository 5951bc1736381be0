import { randomUUID } from 'node:crypto'
import type { PoolClient, QueryResult } from 'pg'
import { AfterimageError } from '../core/errors.ts'
import type { Clock } from '../core/ports.ts'
import { createClient, type PostgresServer } from './postgres-connection.ts'
import { isCollision } from './postgres-errors.ts'
import { createConnections } from './postgres-pool.ts'
import { look } from './postgres-read.ts'
import { createQueries, exchange } from './postgres-statements.ts'
import { createWake } from './postgres-wake.ts'
import { type Driver, runScript, type Statement, type WriteOptions } from './script.ts'

export type PostgresDriverOptions = {
  server: PostgresServer
  /** Instead of the clock of the database: only for tests. */
  clock: Clock | null
  /** The server acknowledges commits before they are durable, unless each transaction asks for more. */
  mustSyncCommits: boolean
}

/** Any two numbers: they name our lock among those of other programs in the same database. */
export const EXCLUSIVE_LOCK = '1634103913, 1'
const NOW = 'SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT) AS now'
/**
 * A process that stops in the middle of a transaction (suspended, or its machine lost) keeps its locks, and with those
 * of a claim it stops everybody; the server ends it after this time.
 */
const IDLE_LIMIT = "SET LOCAL idle_in_transaction_session_timeout = '15s'"
/**
 * Runs scripts on Postgres 14 or newer, one transaction on one pooled connection each.
 *
 * Transactions are READ COMMITTED: each statement sees what was committed when it began. What a script relies on it
 * therefore holds first (`statements/held.ts`); SERIALIZABLE would instead fail and repeat most claims under load.
 */
export function createPostgresDriver(
  options: PostgresDriverOptions,
): Driver & { start: () => Promise<void> } {
  const { server } = options
  const connections = createConnections(server)
  const query = createQueries(server.isPooled)
  const wake = createWake({
    sender: randomUUID(),
    notify: (...args) =>
      connections.performOnce(async (client) => void (await client.query('SELECT pg_notify($1, $2)', args))),
    connect: server.isPooled ? null : () => createClient(server),
  })
  const runOn = (client: PoolClient) => (statements: readonly Statement[]) =>
    exchange(client, statements.map(query))
  let closing: Promise<void> | null = null

  const write: Driver['write'] = async (script, settings = {}) => {
    const result = await connections.perform(async (client) => {
      const now = await begin(client, options, settings)
      const answer = await runScript(runOn(client), script(options.clock?.now() ?? now))
      await commit(client)
      return answer
    })
    if (settings.mayWakeWorkers === true) wake.announce()
    return result
  }
  const close = async (): Promise<void> => {
    await connections.drain()
    await wake.stop()
    await connections.end()
  }
  return {
    read: (script) => connections.perform((client) => look(client, runOn(client), script)),
    write,
    now: async () =>
      options.clock?.now() ?? readNow(await connections.perform((client) => client.query(NOW))),
    onWake: wake.onWake,
    start: wake.start,
    close: () => (closing ??= close()),
  }
}

/** Opens the transaction and answers its moment, in one exchange. The lock comes first: waiting for it takes time. */
async function begin(
  client: PoolClient,
  { mustSyncCommits }: PostgresDriverOptions,
  { isExclusive = false }: WriteOptions,
): Promise<number> {
  const statements = ['BEGIN ISOLATION LEVEL READ COMMITTED', IDLE_LIMIT]
  if (mustSyncCommits) statements.push('SET LOCAL synchronous_commit = on')
  if (isExclusive) statements.push(`SELECT pg_advisory_xact_lock(${EXCLUSIVE_LOCK})`)
  return readNow(await client.query([...statements, NOW].join('; ')))
}

/** Several statements in one text have several results; the last one tells the time. */
function readNow(answer: QueryResult | QueryResult[]): number {
  const told = [answer].flat().at(-1)?.rows[0] as { now: number } | undefined
  if (told === undefined) throw new AfterimageError('internal', 'The database did not tell its time.')
  return told.now
}

/**
 * A commit that was refused has left no trace. One whose answer got lost may have: repeating it here could do things
 * twice, while the callers can repeat (a submit has its id, a finish its result).
 */
async function commit(client: PoolClient): Promise<void> {
  try {
    await client.query('COMMIT')
  } catch (error) {
    if (isCollision(error)) throw error
    throw new AfterimageError(
      'unavailable',
      'The database did not confirm a write, which may or may not be stored; look before repeating it.',
      { cause: error },
    )
  }
}
