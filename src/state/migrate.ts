import { AfterimageError } from '../core/errors.ts'
import { start } from './migrations/0001-start.ts'
import { retention } from './migrations/0002-retention.ts'
import { webhooks } from './migrations/0003-webhooks.ts'
import { idempotency } from './migrations/0004-idempotency.ts'
import { money } from './migrations/0005-money.ts'
import { identity } from './migrations/0006-identity.ts'
import { fileOwner } from './migrations/0007-file-owner.ts'
import { keyConcurrency } from './migrations/0008-key-concurrency.ts'
import { fallback } from './migrations/0009-fallback.ts'
import { resultReuse } from './migrations/0010-result-reuse.ts'
import { engineKeys } from './migrations/0011-engine-keys.ts'
import { previews } from './migrations/0012-previews.ts'
import { studioSessions } from './migrations/0013-studio-sessions.ts'
import { ledgerEngine } from './migrations/0014-ledger-engine.ts'
import { row, rows, type Script } from './script.ts'

export type Migration = {
  /** Consecutive, from 1. */
  version: number
  /** The oldest schema version that a program may know and still work with a database that has this migration. */
  compatibleFrom: number
  statements: readonly string[]
}

/** Every migration in order. A released one never changes again. */
export const MIGRATIONS: readonly Migration[] = [
  start,
  retention,
  webhooks,
  idempotency,
  money,
  identity,
  fileOwner,
  keyConcurrency,
  fallback,
  resultReuse,
  engineKeys,
  previews,
  studioSessions,
  ledgerEngine,
]

/** Tells which migrations a database has had. */
export const VERSIONS_TABLE = 'schema_version'
const CREATE_VERSIONS = `CREATE TABLE IF NOT EXISTS ${VERSIONS_TABLE} (
  version INTEGER PRIMARY KEY,
  compatible_from INTEGER NOT NULL,
  applied_at BIGINT NOT NULL
)`
const STATE = `SELECT max(version) AS version, max(compatible_from) AS compatible_from FROM ${VERSIONS_TABLE}`
const RECORD = `INSERT INTO ${VERSIONS_TABLE} (version, compatible_from, applied_at) VALUES (?, ?, ?)`

/**
 * Brings the database to the newest schema of this program. Must run in one transaction that excludes other
 * writers, so that two programs that start together apply each migration once.
 * A database of a newer program is left as it is, and used when that program said that this one still may.
 * @param hasVersions whether its first table is there. Creating it if missing needs a permission on Postgres that a
 *   program which only works with the tables should not need, even where there is nothing to create.
 * @throws AfterimageError `unavailable` when the database needs a newer program
 */
export function* migrate(
  migrations: readonly Migration[],
  { now, hasVersions }: { now: number; hasVersions: boolean },
): Script<void> {
  if (!hasVersions) yield* rows(CREATE_VERSIONS)
  const found = yield* row<{ version: number | null; compatible_from: number | null }>(STATE)
  const present = found?.version ?? 0
  const known = migrations.at(-1)?.version ?? 0
  const needed = found?.compatible_from ?? 0
  if (needed > known)
    throw new AfterimageError(
      'unavailable',
      `The database has schema ${present}, written by a newer Afterimage; programs need to know schema ${needed} or ` +
        `later to open it, and this one knows ${known}. Install the newer version, or restore an older backup.`,
    )
  for (const migration of migrations.filter(({ version }) => version > present)) {
    for (const statement of migration.statements) yield* rows(statement)
    yield* rows(RECORD, migration.version, migration.compatibleFrom, now)
  }
}
