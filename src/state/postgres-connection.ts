import { Client, type ClientConfig, Pool, types } from 'pg'
import { AfterimageError } from '../core/errors.ts'

export type PostgresOptions = {
  /**
   * `postgres://user:password@host:port/database?sslmode=…`. `?pgbouncer=true` says that a pooler in transaction mode
   * stands between: no prepared statements, and work of other processes is found by looking, not by being told.
   */
  url: string
  /** The same as `?pgbouncer=true`. */
  isPooled?: boolean
  /** Connections at most, besides one that listens; 8 by default. */
  maxConnections?: number
}

/** A server, how to connect to it, and how it is named in messages. */
export type PostgresServer = {
  config: ClientConfig
  isPooled: boolean
  maxConnections: number
  /** Host, port and database; no user, no password. */
  name: string
}

const INT8_OID = 20
const MAX_CONNECTIONS = 8
const CONNECT_TIMEOUT_MS = 5000
/** Longer than any statement here takes on a server in order; what is still unanswered then has lost its way. */
const QUERY_TIMEOUT_MS = 30_000

/**
 * @throws AfterimageError `invalid_request` when the URL is none of Postgres; the message does not repeat it, because a
 *   password may be in it
 */
export function describeServer(options: PostgresOptions): PostgresServer {
  const url = URL.canParse(options.url) ? new URL(options.url) : null
  if (url === null || !/^postgres(?:ql)?:$/u.test(url.protocol))
    throw new AfterimageError(
      'invalid_request',
      'database URL: expected postgres://user:password@host:port/database.',
    )
  const host = url.searchParams.get('host') ?? url.host
  return {
    config: {
      connectionString: options.url,
      fallback_application_name: 'afterimage',
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      query_timeout: QUERY_TIMEOUT_MS,
      keepAlive: true,
      pipeline: true,
      types: { getTypeParser },
    },
    isPooled: options.isPooled ?? url.searchParams.get('pgbouncer') === 'true',
    maxConnections: options.maxConnections ?? MAX_CONNECTIONS,
    name: `Postgres at ${host}${url.pathname}`,
  }
}

/**
 * Numbers for BIGINT: times and counts stay below 2^53. Only for these connections, since a program that embeds this
 * one may use `pg` too.
 */
const getTypeParser = ((oid: number, format?: 'text') =>
  oid === INT8_OID ? Number : types.getTypeParser(oid, format)) as typeof types.getTypeParser

/** Connects when first used. */
export function openPool({ config, maxConnections }: PostgresServer): Pool {
  const pool = new Pool({ ...config, max: maxConnections })
  // A lost connection fails the query on it, or is replaced when idle; unheard, its event would end the process.
  pool.on('error', ignore)
  pool.on('connect', (client) => client.on('error', ignore))
  return pool
}

/** A connection of its own, for what lasts: listening, and holding a lock. */
export function createClient({ config }: PostgresServer): Client {
  const client = new Client(config)
  client.on('error', ignore)
  return client
}

function ignore(): void {}
