/** Whether a server of ours answers where one is to listen, for whoever starts a second one. */
import type { Config } from '../config.ts'
import { AfterimageError, isAfterimageError } from '../core/errors.ts'
import { ask } from './doctor/reach.ts'

/** A server that answers at all does so at once. */
const ASK_MS = 3000
const EVERYWHERE: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' }

export type RunningServer = { url: string; version: string }

/** @param host as in the settings; null when nobody answers there, or another program does */
export async function findRunningServer({
  host,
  port,
}: Pick<Config, 'host' | 'port'>): Promise<RunningServer | null> {
  const bare = host.replace(/^\[(.*)\]$/u, '$1')
  const address = EVERYWHERE[bare] ?? bare
  const url = `http://${address.includes(':') ? `[${address}]` : address}:${port}`
  try {
    const health = await ask(`${url}/healthz`, ASK_MS, ({ body }) => body.json())
    const { version } = health as { version?: unknown }
    return typeof version === 'string' ? { url, version } : null
  } catch {
    return null
  }
}

/** Why a start failed, with the address of the server that is in its way, if one of ours answers. */
export async function explainStart(error: unknown, config: Pick<Config, 'host' | 'port'>): Promise<unknown> {
  if (!isAfterimageError(error) || error.code !== 'unavailable') return error
  const running = await findRunningServer(config)
  if (running === null) return error
  const { url, version } = running
  const isPortTaken =
    error.cause instanceof Error && 'code' in error.cause && error.cause.code === 'EADDRINUSE'
  const message = isPortTaken
    ? `Afterimage ${version} is running already at ${url}: open that, or stop it first. A second one beside it needs a --port and a --data-dir of its own.`
    : `${error.message} Afterimage ${version} is running at ${url}.`
  return new AfterimageError('unavailable', message, { cause: error })
}
