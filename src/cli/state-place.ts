/** Where the state lies, for the commands that work on all of it. */
import { existsSync } from 'node:fs'
import type { Command } from 'commander'
import { openState } from '../app/open-state.ts'
import { stateFile } from '../app/state-file.ts'
import type { Config } from '../config.ts'
import { AfterimageError } from '../core/errors.ts'
import type { StateStore } from '../core/ports.ts'
import type { Session } from '../state/session.ts'
import { openSqliteSession } from '../state/sqlite-session.ts'
import { addDataFlag, readSettings } from './settings.ts'

export type StateOptions = { dataDir?: string; databaseUrl?: string }
/** `name` is for messages and holds no password. */
export type StatePlace =
  | { kind: 'sqlite'; file: string; dataDirectory: string; name: string }
  | { kind: 'postgres'; url: string; name: string }

export function addStateFlags(command: Command): Command {
  return addDataFlag(command).option('--database-url <url>', 'Postgres instead of SQLite (DATABASE_URL)')
}

/** The Postgres database that a flag or the environment names, else the file in the data folder. */
export function findState(options: StateOptions): StatePlace {
  const { databaseUrl, dataDirectory } = readStateSettings(options)
  if (databaseUrl !== null) return { kind: 'postgres', url: databaseUrl, name: 'Postgres' }
  const file = stateFile(dataDirectory)
  return { kind: 'sqlite', file, dataDirectory, name: file }
}

/** The settings of this process, with the flags of `addStateFlags`. */
export function readStateSettings({ dataDir, databaseUrl }: StateOptions): Config {
  return readSettings({ dataDirectory: dataDir, databaseUrl })
}

/** Opens the state beside the servers that may work on it, calls `use`, and closes it. */
export async function withStore(
  options: StateOptions,
  use: (state: StateStore, config: Config) => Promise<void>,
): Promise<void> {
  const config = readStateSettings(options)
  const state = await openState(config)
  try {
    await use(state, config)
  } finally {
    await state.close()
  }
}

/** @throws AfterimageError `not_found` when there is no file: looking at a database must not create one */
export function requireState(place: StatePlace): void {
  if (place.kind === 'sqlite' && !existsSync(place.file))
    throw new AfterimageError('not_found', `${place.file}: there is no database yet; see --data-dir.`)
}

/** Opens the state, calls `use`, and closes it. @param isSoleUser no server may run on a file meanwhile */
export async function withSession<T>(
  place: StatePlace,
  { isSoleUser }: { isSoleUser: boolean },
  use: (session: Session) => Promise<T>,
): Promise<T> {
  const session = await openSession(place, isSoleUser)
  try {
    return await use(session)
  } finally {
    await session.close()
  }
}

async function openSession(place: StatePlace, isSoleUser: boolean): Promise<Session> {
  if (place.kind === 'sqlite') return openSqliteSession(place.file, { isSoleUser })
  // Loaded only here: most commands start without it.
  const { openPostgresSession } = await import('../state/postgres-session.ts')
  return openPostgresSession({ url: place.url })
}
