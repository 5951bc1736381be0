/** Where jobs, assets and keys are kept: Postgres when it is set, else a file of SQLite in the data folder. */
import { mkdirSync } from 'node:fs'
import type { Config } from '../config.ts'
import type { Clock, StateStore } from '../core/ports.ts'
import { createSqliteStateStore } from '../state/sqlite.ts'
import { stateFile } from './state-file.ts'

export type StateSettings = Pick<Config, 'databaseUrl' | 'dataDirectory' | 'maxRunningPerAccount'>

/** Whether nobody else may work on the state: only then is what a predecessor left behind surely nobody's. */
export function isSoleOwner({ databaseUrl }: Pick<Config, 'databaseUrl'>): boolean {
  return databaseUrl === null
}

/**
 * Opens the state of the settings, with the schema of this program. The data folder is made when missing, for its
 * owner only: pictures lie in it, and the key of the server.
 * @param options.isSingleOwner this process is the one server of a file; has no meaning on Postgres, which is shared
 * @throws AfterimageError `unavailable` when it cannot be reached or used, or another server owns the file
 */
export async function openState(
  { databaseUrl, dataDirectory, maxRunningPerAccount }: StateSettings,
  { clock, isSingleOwner = false }: { clock?: Clock | undefined; isSingleOwner?: boolean } = {},
): Promise<StateStore> {
  const rules = { defaultConcurrency: maxRunningPerAccount }
  if (databaseUrl === null)
    return createSqliteStateStore({
      ...rules,
      file: stateFile(dataDirectory),
      clock: clock ?? { now: Date.now },
      isSingleOwner,
    })
  mkdirSync(dataDirectory, { recursive: true, mode: 0o700 })
  // Loaded only here: most servers start without it.
  const { createPostgresStateStore } = await import('../state/postgres.ts')
  return createPostgresStateStore({ ...rules, url: databaseUrl, ...(clock === undefined ? {} : { clock }) })
}
