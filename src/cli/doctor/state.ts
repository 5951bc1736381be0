/** The database and the key of the server. Nothing is made, migrated or changed. */
import { existsSync } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { openEngineKeys } from '../../app/engine-keys.ts'
import { openState } from '../../app/open-state.ts'
import type { Config } from '../../config.ts'
import type { EngineKeys } from '../../core/engine-keys.ts'
import { isAfterimageError } from '../../core/errors.ts'
import { row } from '../../state/script.ts'
import { readSchema } from '../../state/schema.ts'
import type { Session } from '../../state/session.ts'
import { findState, type StateOptions, type StatePlace, withSession } from '../state-place.ts'
import { type Check, codeOf, fail, ok, warn } from './check.ts'

/** `isCurrent`: it has exactly the schema of this program. `secrets`: encrypted rows in it. */
export type StateFindings = { checks: readonly Check[]; isCurrent: boolean; secrets: number }

const SECRETS = `SELECT (SELECT count(*) FROM engine_keys) + (SELECT count(*) FROM webhook_secrets) AS n`
const MIN_KEY_LENGTH = 32

export async function checkState(config: Config, options: StateOptions): Promise<StateFindings> {
  const { databaseUrl, dataDirectory } = config
  const name = 'database'
  const none = { isCurrent: false, secrets: 0 }
  // Naming the file of a folder would make the folder.
  if (databaseUrl === null && !existsSync(dataDirectory))
    return { ...none, checks: [ok(name, 'is not there; the first start makes it')] }
  const place = findState(options)
  if (place.kind === 'sqlite' && !existsSync(place.file))
    return { ...none, checks: [ok(name, `${place.name} is not there; the first start makes it`)] }
  try {
    return await withSession(place, { isSoleUser: false }, (session) => lookAt(session, place))
  } catch (error) {
    const found = isAfterimageError(error) ? error.message : `${place.name} cannot be used (${codeOf(error)})`
    const fix = place.kind === 'postgres' ? 'check DATABASE_URL and the server' : 'restore a backup'
    return { ...none, checks: [fail(name, found, fix)] }
  }
}

async function lookAt(session: Session, { name: place }: StatePlace): Promise<StateFindings> {
  const { present, newest } = await readSchema(session)
  const found = `${place}, schema ${present}`
  if (present > newest) {
    const fix = 'use the newer program, unless its notes say that this one may go on'
    return { isCurrent: false, secrets: 0, checks: [warn('database', `${found} of a newer program`, fix)] }
  }
  if (present < newest) {
    const fix = 'back up; the next start brings it up to date'
    return { isCurrent: false, secrets: 0, checks: [warn('database', `${found}; ${newest} is due`, fix)] }
  }
  const counted = await session.run(row<{ n: number }>(SECRETS))
  return { isCurrent: true, secrets: counted?.n ?? 0, checks: [ok('database', found)] }
}

/** @param secrets rows that nobody can read without the key */
export async function checkSecretKey(
  { secretKey, dataDirectory }: Pick<Config, 'secretKey' | 'dataDirectory'>,
  secrets: number,
): Promise<Check> {
  const name = 'secret key'
  if (secretKey !== null) return ok(name, 'from AFTERIMAGE_SECRET_KEY')
  const file = join(dataDirectory, 'secret.key')
  try {
    const key = (await readFile(file, 'utf8')).trim()
    if (key.length < MIN_KEY_LENGTH)
      return fail(name, `${file} is shorter than ${MIN_KEY_LENGTH} characters`, 'restore it from a backup')
    const { mode } = await stat(file)
    const isOpen = process.platform !== 'win32' && (mode & 0o077) !== 0
    return isOpen ? warn(name, `${file} can be read by others`, `chmod 600 ${file}`) : ok(name, file)
  } catch (error) {
    if (codeOf(error) !== 'ENOENT')
      return fail(name, `${file} cannot be read (${codeOf(error)})`, 'let this user read it')
    if (secrets === 0) return ok(name, `${file} is not there; it is made when needed`)
    const fix = 'restore it from a backup, or set AFTERIMAGE_SECRET_KEY'
    return fail(name, `${file} is not there, and ${secrets} stored secrets need it`, fix)
  }
}

/** The entered keys of engines, where looking at them changes nothing; else only those of the settings. */
export async function readEngineKeys(config: Config, isReadable: boolean): Promise<EngineKeys> {
  if (!isReadable)
    return openEngineKeys(config, {
      engineKeys: { list: async () => [], put: async () => undefined, remove: async () => false },
    })
  const state = await openState(config)
  try {
    return await openEngineKeys(config, state)
  } finally {
    await state.close()
  }
}
