import type { Clock, StateStore } from '../core/ports.ts'
import { AfterimageError } from '../core/errors.ts'
import { expireLeases } from './claim.ts'
import type { QueueRules } from './lease.ts'
import { migrate, MIGRATIONS } from './migrate.ts'
import {
  createClient,
  describeServer,
  type PostgresOptions,
  type PostgresServer,
} from './postgres-connection.ts'
import { createPostgresDriver } from './postgres-driver.ts'
import { toOpenError } from './postgres-errors.ts'
import { lockPostgresOwner } from './postgres-owner.ts'
import { createStateStore } from './store.ts'

export type PostgresStateOptions = PostgresOptions &
  Partial<QueueRules> & {
    /** Instead of the clock of the database. Only for tests: the clocks of several machines are never the same. */
    clock?: Clock
    /**
     * This process is the only one that runs jobs: leases left by its predecessor end at open. Without it any number
     * of processes share the database, and lost leases end by their time.
     */
    isSingleOwner?: boolean
  }

const DEFAULTS = { maxAttempts: 5, defaultConcurrency: 8 }
/** The oldest that is still maintained and has all that the statements use. */
const MIN_VERSION = 140_000

/**
 * The state store in a Postgres database, shared by any number of processes. Its tables are made in the first schema of
 * the search path.
 * @throws AfterimageError `invalid_request` for a URL of something else; `unavailable` when the server cannot be
 *   reached, is too old or of another encoding, when its schema is used by another program or by a newer one that
 *   excludes this one, or when another single owner holds it
 */
export async function createPostgresStateStore(options: PostgresStateOptions): Promise<StateStore> {
  const server = describeServer(options)
  const rules: QueueRules = {
    maxAttempts: options.maxAttempts ?? DEFAULTS.maxAttempts,
    defaultConcurrency: options.defaultConcurrency ?? DEFAULTS.defaultConcurrency,
  }
  let unlock: (() => Promise<void>) | null = null
  try {
    if (options.isSingleOwner === true) unlock = await lockPostgresOwner(server)
    const store = await start(server, rules, options)
    const close = async (): Promise<void> => {
      await store.close()
      await unlock?.()
    }
    return { ...store, close }
  } catch (error) {
    await unlock?.()
    throw toOpenError(error, server.name)
  }
}

async function start(
  server: PostgresServer,
  rules: QueueRules,
  { clock = null, isSingleOwner = false }: { clock?: Clock | null; isSingleOwner?: boolean },
): Promise<StateStore> {
  const { mustSyncCommits, hasVersions } = await inspect(server)
  const driver = createPostgresDriver({ server, clock, mustSyncCommits })
  try {
    await driver.write((now) => migrate(MIGRATIONS, { now, hasVersions }), { isExclusive: true })
    if (isSingleOwner)
      await driver.write((now) => expireLeases(Number.MAX_SAFE_INTEGER, { ...rules, now }), {
        isExclusive: true,
      })
    await driver.start()
    return createStateStore(driver, rules)
  } catch (error) {
    await driver.close()
    throw error
  }
}

/** Looks at the server before anything is changed on it. */
async function inspect(server: PostgresServer): Promise<{ mustSyncCommits: boolean; hasVersions: boolean }> {
  const client = createClient(server)
  try {
    await client.connect()
    const { rows } = await client.query<Inspection>(INSPECT)
    const [found] = rows
    if (found === undefined || found.version < MIN_VERSION)
      throw refuse(server, `version ${found?.version ?? 0} is too old; Postgres 14 or newer is needed`)
    if (found.encoding !== 'UTF8')
      throw refuse(server, `the encoding is ${found.encoding}; create the database with ENCODING 'UTF8'`)
    return { mustSyncCommits: found.commits === 'off', hasVersions: found.has_versions }
  } finally {
    await client.end().catch(() => undefined)
  }
}

type Inspection = { version: number; encoding: string; commits: string; has_versions: boolean }
const INSPECT = `SELECT current_setting('server_version_num')::int AS version,
  current_setting('server_encoding') AS encoding, current_setting('synchronous_commit') AS commits,
  to_regclass('schema_version') IS NOT NULL AS has_versions`

function refuse(server: PostgresServer, reason: string): AfterimageError {
  return new AfterimageError('unavailable', `${server.name}: ${reason}.`)
}
