/** What every other part stands on: settings, clock, log, stores, the network. */
import { join } from 'node:path'
import type { FastifyBaseLogger } from 'fastify'
import { pino } from 'pino'
import { createFileCache, dropDeleted } from '../blobs/file-cache.ts'
import { createFileBlobStore } from '../blobs/files.ts'
import type { Config } from '../config.ts'
import type { EngineKeys } from '../core/engine-keys.ts'
import type { KeyStandings } from '../core/key-standings.ts'
import { createKeyStandings } from '../core/key-standings.ts'
import type { BlobStore, Clock, FileCache, ImageProbe, StateStore, UntrustedFetch } from '../core/ports.ts'
import { createImageProbe } from '../imaging/probe.ts'
import { createGuardedFetch } from '../net/guarded-fetch.ts'
import { openEngineKeys } from './engine-keys.ts'
import type { Home } from './home.ts'
import { createHome } from './home.ts'
import { isSoleOwner, openState } from './open-state.ts'

export type Parts = {
  config: Config
  clock: Clock
  logger: FastifyBaseLogger
  state: StateStore
  blobs: BlobStore
  fileCache: FileCache
  /** No other process works on the state and the data folder. */
  isSingleOwner: boolean
  probe: ImageProbe
  fetchUntrusted: UntrustedFetch
  /** Keys of engines elsewhere, as they are now. */
  engineKeys: EngineKeys
  /** What vendors last said about them. */
  keyStandings: KeyStandings
  /** Engines on the operator's own machines, and their models. */
  home: Home
  /** Free bytes of the file system of a folder; absent for the real one. */
  measureFreeDisk?: (directory: string) => Promise<number>
}

/** A `state` that is given belongs to the server from then on: it is closed with it. */
export type Overrides = Partial<
  Pick<Parts, 'clock' | 'logger' | 'fetchUntrusted' | 'measureFreeDisk' | 'state' | 'blobs'>
>

/**
 * Opens the state and the data folder of `config`.
 * @throws AfterimageError `unavailable` when one cannot be used or another server owns it, `invalid_request` for
 *   settings of engines at home that cannot work
 */
export async function openParts(config: Config, overrides: Overrides): Promise<Parts> {
  const isSingleOwner = isSoleOwner(config)
  const state = overrides.state ?? (await openState(config, { clock: overrides.clock, isSingleOwner }))
  try {
    const clock = overrides.clock ?? { now: Date.now }
    const logger = overrides.logger ?? pino({ level: config.logLevel, base: null }, pino.destination(2))
    const engineKeys = await openEngineKeys(config, state, logger)
    const fileCache = createFileCache(config.fileCacheBytes)
    const blobs = overrides.blobs ?? openBlobs(config, isSingleOwner)
    return {
      config,
      clock,
      logger,
      state,
      isSingleOwner,
      engineKeys,
      keyStandings: createKeyStandings({
        clock,
        identityOf: (engine) => {
          const key = engineKeys.find(engine)
          return key && `${key.secret} ${key.enteredAt}`
        },
      }),
      probe: createImageProbe({ maxPixels: config.maxInputPixels }),
      home: createHome(config.home, {
        clock,
        onUnusable: ({ file, reason }) => logger.warn({ file, reason }, 'a workflow cannot be a model'),
      }),
      fetchUntrusted: createGuardedFetch({ allowPrivate: config.allowPrivateNetwork ?? [] }),
      ...overrides,
      blobs: dropDeleted(blobs, fileCache),
      fileCache,
    }
  } catch (error) {
    await state.close()
    throw error
  }
}

/** The blob store of the data folder. */
export function openBlobs(
  { dataDirectory }: Pick<Config, 'dataDirectory'>,
  isSingleOwner: boolean,
): BlobStore {
  return createFileBlobStore({ directory: join(dataDirectory, 'blobs'), isShared: !isSingleOwner })
}
