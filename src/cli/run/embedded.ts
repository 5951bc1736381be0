/** Servers on a data folder of this machine: our own, or the one that holds the folder. */
import type { App } from '../../app.ts'
import { createApp } from '../../app.ts'
import { DEFAULT_ACCOUNT, newToken, toApiKey } from '../../app/api-keys.ts'
import { stateFile } from '../../app/state-file.ts'
import type { Config } from '../../config.ts'
import { isAfterimageError } from '../../core/errors.ts'
import type { StateStore } from '../../core/ports.ts'
import { Afterimage } from '../../sdk/index.ts'
import { createSqliteStateStore } from '../../state/sqlite.ts'
import { lockOwner } from '../../state/sqlite-open.ts'
import type { RunServer } from './server.ts'

/** Name of the key that runs make for themselves and revoke when they end; one row for each that runs at once. */
const KEY_NAME = 'afterimage run'
const PROBE_MS = 3000

/** True while another process works on the folder. */
export function isFolderHeld(dataDirectory: string): boolean {
  try {
    lockOwner(stateFile(dataDirectory), 0)()
    return false
  } catch (error) {
    // A fault of the disk has a cause, and is told by the start that follows.
    if (isAfterimageError(error)) return error.cause === undefined
    throw error
  }
}

/** A whole server inside this process; only programs of this machine reach it. */
export async function startEmbedded(config: Config): Promise<RunServer> {
  const app = await createApp(toLoopback(config))
  try {
    await revokeLeftKeys(app.state)
    const { token, revoke } = await makeKey(app.state)
    const { url } = await app.start()
    const close = (): Promise<void> => closeEmbedded(app, revoke)
    return { client: clientOf(url, token), id: config.dataDirectory, isLocal: true, state: app.state, close }
  } catch (error) {
    await app.stop()
    throw error
  }
}

/**
 * Strict answers would lack the warnings and the recipe; a public URL would lead elsewhere. On a shared database this
 * process would run the jobs of everybody.
 */
function toLoopback(config: Config): Config {
  const here = { host: '127.0.0.1', port: 0, publicUrl: null, apiKey: null, compat: 'aliases' } as const
  const fixed = { ...here, databaseUrl: null, role: 'all' } as const
  return { ...config, ...fixed, logLevel: config.logLevel === 'warn' ? 'error' : config.logLevel }
}

async function closeEmbedded(app: App, revoke: () => Promise<unknown>): Promise<void> {
  try {
    await revoke()
  } finally {
    await app.stop()
  }
}

/**
 * The server that holds the folder, if it answers at the configured address; null when it does not. A key made in
 * the folder's database is the proof: whoever accepts it works on this database.
 */
export async function joinServerOf(
  config: Config,
  say: (sentence: string) => void,
): Promise<RunServer | null> {
  const state = createSqliteStateStore({ file: stateFile(config.dataDirectory), clock: { now: Date.now } })
  const { token, revoke } = await makeKey(state)
  const url = addressOf(config)
  const client = clientOf(url, token)
  const close = async (): Promise<void> => {
    await revoke()
    await state.close()
  }
  if (await accepts(client)) {
    say(`A server works on ${config.dataDirectory} already; using it at ${url}.`)
    return { client, id: config.dataDirectory, isLocal: true, state, close }
  }
  await close()
  return null
}

function addressOf({ host, port }: Config): string {
  const reachable = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host
  return `http://${reachable.includes(':') && !reachable.startsWith('[') ? `[${reachable}]` : reachable}:${port}`
}

async function accepts(client: Afterimage): Promise<boolean> {
  try {
    await client.jobs.list({ limit: 1 }, { timeoutMs: PROBE_MS })
    return true
  } catch {
    return false
  }
}

function clientOf(baseUrl: string, apiKey: string): Afterimage {
  return new Afterimage({ baseUrl, apiKey })
}

/**
 * A key that is good as long as the run: kept longer, it would take the place of the first key of `serve`. The row of an
 * earlier run serves again, so that the list of keys has one line for all runs.
 */
async function makeKey(state: StateStore): Promise<{ token: string; revoke: () => Promise<unknown> }> {
  const token = newToken()
  const key = toApiKey(token, { accountId: DEFAULT_ACCOUNT, name: KEY_NAME, now: Date.now() })
  const renewed = await state.renewKey(key)
  if (renewed === null) await state.createKey(key)
  return { token, revoke: () => state.revokeKey(renewed ?? key.id, DEFAULT_ACCOUNT) }
}

/** Keys of runs that were killed. Nobody else holds the folder now, so nobody uses them. */
async function revokeLeftKeys(state: StateStore): Promise<void> {
  const keys = await state.listKeys(DEFAULT_ACCOUNT)
  const left = keys.filter(({ name, revokedAt }) => name === KEY_NAME && revokedAt === null)
  await Promise.all(left.map(({ id }) => state.revokeKey(id, DEFAULT_ACCOUNT)))
}
