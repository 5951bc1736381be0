/** The server that does the work: one that runs already, or one inside this process. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from '../../config.ts'
import { AfterimageError } from '../../core/errors.ts'
import type { StateStore } from '../../core/ports.ts'
import { Afterimage } from '../../sdk/index.ts'
import { cacheDirectory } from './cache-directory.ts'

export type RunServer = {
  client: Afterimage
  /** What its job ids belong to: a data folder or an address. */
  id: string
  /** On a data folder of this machine. */
  isLocal: boolean
  /** The jobs themselves, when the server's database is at hand. */
  state: Pick<StateStore, 'listJobs'> | null
  /** Gives jobs back that still run here; they go on with the next server on the same folder. */
  close: () => Promise<void>
}

export type ServerOptions = {
  /** `--url` or AFTERIMAGE_URL; null for an embedded server. */
  url: string | null
  apiKey: string | undefined
  config: Config
  /** Tells the user something that he did not ask for but should know. */
  say: (sentence: string) => void
}

/** Commands that share a data folder beyond this number are told to wait. */
const PRIVATE_FOLDERS = 8

/**
 * Connects to the given server, else starts one on the data folder, on a free port of loopback. When another
 * server works on that folder, uses it if it answers at the configured address, else a private folder.
 * @throws AfterimageError `unavailable`; `invalid_request` for an address that is none
 */
export async function openServer(options: ServerOptions): Promise<RunServer> {
  const { url, apiKey, config, say } = options
  if (url !== null) return connect(url, apiKey)
  if (config.databaseUrl !== null)
    say('DATABASE_URL is for servers; this run works on its own data folder. Name a server with --url.')
  // The whole server is loaded only when this process has to be one.
  const { isFolderHeld, joinServerOf, startEmbedded } = await import('./embedded.ts')
  mkdirSync(config.dataDirectory, { recursive: true, mode: 0o700 })
  if (!isFolderHeld(config.dataDirectory)) return startEmbedded(config)
  const joined = await joinServerOf(config, say)
  if (joined !== null) return joined
  const dataDirectory = freePrivateFolder(config, isFolderHeld)
  say(`Another server works on ${config.dataDirectory}; this run uses ${dataDirectory} instead.`)
  return startEmbedded({ ...config, dataDirectory })
}

function connect(url: string, apiKey: string | undefined): RunServer {
  if (!URL.canParse(url) || !/^https?:$/u.test(new URL(url).protocol))
    throw new AfterimageError(
      'invalid_request',
      `--url: expected an address like http://127.0.0.1:4500, found "${url}"`,
    )
  const client = new Afterimage({ baseUrl: url, apiKey })
  return { client, id: client.baseUrl, isLocal: false, state: null, close: () => Promise.resolve() }
}

function freePrivateFolder(config: Config, isHeld: (folder: string) => boolean): string {
  const folders = Array.from({ length: PRIVATE_FOLDERS }, (_, at) => join(cacheDirectory(), `run-${at + 1}`))
  for (const folder of folders) {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    if (!isHeld(folder)) return folder
  }
  throw new AfterimageError(
    'unavailable',
    `Other commands work on ${config.dataDirectory} and on all private folders; wait, or give a --data-dir.`,
  )
}
