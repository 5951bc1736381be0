import { randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import type { PoolClient, QueryResult } from 'pg'
import { AfterimageError, isAfterimageError } from '../core/errors.ts'
import type { Clock } from '../core/ports.ts'
import { createLimiter } from './limiter.ts'
import { createClient, openPool, type PostgresServer } from './postgres-connection.ts'
import { isCollision, isConnectionLost, isStalePlan, toStateError } from './postgres-errors.ts'
import { createQueries } from './postgres-statements.ts'
import { createWake } from './postgres-wake.ts'
import { type Driver, runScript, type Script, type WriteOptions } from './script.ts'

export type PostgresDriverOptions = {
  server: PostgresServer
  /** Instead of the clock of the database: only for tests. */
  clock: Clock | null
  /** The server acknowledges commits before they are durable, unless each transaction asks for more. */
  mustSyncCommits: boolean
}

/** Any two numbers: they name our lock among those of other programs in the same database. */
const EXCLUSIVE_LOCK = '1634103913, 1'
const NOW = 'SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT) AS now'
/**
 * A process that stops in the middle of a transaction (suspended, or its machine lost) keeps its locks, and with those
 * of a claim it stops everybody; the server ends it after this time.
 */
const IDLE_LIMIT = "SET LOCAL idle_in_transaction_session_timeout = '15s'"
const MAX_TRIES = 4
const FIRST_PAUSE_MS = 10

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
  const pool = openPool(server)
  const query = createQueries(server.isPooled)
  // The pool has a queue of its own, but it counts the wait against the time to connect.
  const limit = createLimiter(server.maxConnections)
  const underWay = new Set<Promise<unknown>>()
  let closing: Promise<void> | null = null

  const onConnection = async <T>(work: (client: PoolClient) => Promise<T>): Promise<T> => {
    const client = await pool.connect()
    try {
      const result = await work(client)
      client.release()
      return result
    } catch (error) {
      client.release(!(await isReusable(client, error)))
      throw error
    }
  }
  const perform = <T>(work: (client: PoolClient) => Promise<T>): Promise<T> => {
    if (closing !== null) return Promise.reject(closed())
    const running = limit(() => repeat(() => onConnection(work)))
    underWay.add(running)
    return running.finally(() => underWay.delete(running))
  }
  const wake = createWake({
    sender: randomUUID(),
    notify: async (...args) => {
      await limit(() => onConnection((client) => client.query('SELECT pg_notify($1, $2)', args)))
    },
    connect: server.isPooled ? null : () => createClient(server),
  })
  const run = <T>(client: PoolClient, script: Script<T>): Promise<T> =>
    runScript(async (statements) => {
      // Sent without waiting for each other's answers. All have come in order when the last one has.
      const answers = await Promise.all(statements.map((statement) => client.query(query(statement))))
      return answers.map(({ rows }) => rows as unknown[])
    }, script)

  const write: Driver['write'] = async (script, settings = {}) => {
    const result = await perform(async (client) => {
      const now = await begin(client, options, settings)
      const answer = await run(client, script(options.clock?.now() ?? now))
      await commit(client)
      return answer
    })
    if (settings.mayWakeWorkers === true) wake.announce()
    return result
  }

  return {
    read: (script) => perform((client) => run(client, script())),
    write,
    now: async () => options.clock?.now() ?? readNow(await perform((client) => client.query(NOW))),
    onWake: wake.onWake,
    start: wake.start,
    close: () =>
      (closing ??= (async () => {
        await Promise.allSettled(underWay)
        await wake.stop()
        await pool.end()
      })()),
  }
}

function closed(): AfterimageError {
  return new AfterimageError('unavailable', 'The server is shutting down.')
}

/** Does work again that left no trace, as long as the fault is one that passes. */
async function repeat<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await work()
    } catch (error) {
      const mayPass = isCollision(error) || isConnectionLost(error) || isStalePlan(error)
      if (!mayPass || tries === MAX_TRIES) throw toStateError(error)
      await wait(FIRST_PAUSE_MS * 4 ** (tries - 1) * (0.5 + Math.random()))
    }
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
 * A script that refuses leaves a connection in order, once its transaction is taken back. After any other fault nobody
 * knows what the connection knows (prepared statements, a transaction), so it goes, and its transaction with it.
 */
async function isReusable(client: PoolClient, error: unknown): Promise<boolean> {
  if (!isAfterimageError(error) || error.cause !== undefined) return false
  return client.query('ROLLBACK').then(
    () => true,
    () => false,
  )
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
