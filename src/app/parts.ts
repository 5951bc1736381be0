/** What every other part stands on: settings, clock, log, stores, the network. */
import { join } from 'node:path'
import type { FastifyBaseLogger } from 'fastify'
import { pino } from 'pino'
import { createFileBlobStore } from '../blobs/files.ts'
import type { Config } from '../config.ts'
import type { BlobStore, Clock, ImageProbe, StateStore, UntrustedFetch } from '../core/ports.ts'
import { createImageProbe } from '../imaging/probe.ts'
import { createGuardedFetch } from '../net/guarded-fetch.ts'
import { createSqliteStateStore } from '../state/sqlite.ts'
import { stateFile } from './state-file.ts'

export type Parts = {
  config: Config
  clock: Clock
  logger: FastifyBaseLogger
  state: StateStore
  blobs: BlobStore
  probe: ImageProbe
  fetchUntrusted: UntrustedFetch
  /** Free bytes of the file system of a folder; absent for the real one. */
  measureFreeDisk?: (directory: string) => Promise<number>
}

export type Overrides = Partial<Pick<Parts, 'clock' | 'logger' | 'fetchUntrusted' | 'measureFreeDisk'>>

/**
 * Opens the data folder of `config`.
 * @throws AfterimageError `unavailable` when it cannot be used or another server owns it
 */
export function openParts(config: Config, overrides: Overrides): Parts {
  const clock = overrides.clock ?? { now: Date.now }
  const state = createSqliteStateStore({
    file: stateFile(config.dataDirectory),
    clock,
    isSingleOwner: true,
    defaultConcurrency: config.maxRunningPerAccount,
  })
  return {
    config,
    clock,
    logger: pino({ level: config.logLevel, base: null }, pino.destination(2)),
    state,
    blobs: createFileBlobStore({ directory: join(config.dataDirectory, 'blobs') }),
    probe: createImageProbe({ maxPixels: config.maxInputPixels }),
    fetchUntrusted: createGuardedFetch({ allowPrivate: config.allowPrivateNetwork ?? [] }),
    ...overrides,
  }
}
