/** What schema a database has, and how it gets the one of this program. */
import { AfterimageError } from '../core/errors.ts'
import { migrate, type Migration, MIGRATIONS, VERSIONS_TABLE } from './migrate.ts'
import { row } from './script.ts'
import type { Session } from './session.ts'

export type SchemaState = {
  /** 0: the database is empty. */
  present: number
  /** What this program knows. */
  newest: number
}

/** Looks, and changes nothing. */
export async function readSchema(session: Session): Promise<SchemaState> {
  const newest = newestVersion(MIGRATIONS)
  if (!(await session.hasTable(VERSIONS_TABLE))) return { present: 0, newest }
  const text = `SELECT max(version) AS version FROM ${VERSIONS_TABLE}`
  const found = await session.run(row<{ version: number | null }>(text))
  return { present: found?.version ?? 0, newest }
}

/**
 * Applies what is missing, in one transaction.
 * @throws AfterimageError `unavailable` when the database needs a newer program
 */
export async function migrateSession(session: Session, now: number): Promise<void> {
  await session.transaction('exclusive', async () => {
    const hasVersions = await session.hasTable(VERSIONS_TABLE)
    await session.run(migrate(MIGRATIONS, { now, hasVersions }))
  })
}

/** @throws AfterimageError `conflict` unless the database has exactly the schema of this program */
export async function requireNewest(session: Session): Promise<number> {
  const { present, newest } = await readSchema(session)
  if (present === newest) return newest
  throw new AfterimageError(
    'conflict',
    present < newest
      ? `The database has schema ${present}, this program works with ${newest}; run "afterimage migrate" first.`
      : `The database has schema ${present}, this program knows only ${newest}; use the newer program.`,
  )
}

function newestVersion(migrations: readonly Migration[]): number {
  return migrations.at(-1)?.version ?? 0
}
