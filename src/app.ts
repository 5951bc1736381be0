/** The composition root: the only place that knows all parts. */
import type { FastifyInstance } from 'fastify'
import { createCatalogue } from './catalogue/index.ts'
import type { Config } from './config.ts'
import type { Engine } from './core/engine.ts'
import type { BlobStore, StateStore } from './core/ports.ts'
import type { AddedEngine } from './engines/added.ts'
import { createAdder } from './app/added-engines.ts'
import { createBackground } from './app/background.ts'
import { watchEngineKeys } from './app/engine-keys.ts'
import { createEngines } from './app/engine-list.ts'
import { engineOrderOf } from './app/engine-order.ts'
import type { Access } from './app/first-start.ts'
import { prepareAccess } from './app/first-start.ts'
import { createBaseUrls } from './http/base-url.ts'
import { listen, stopListening } from './app/listen.ts'
import { createHttpServer } from './http/server.ts'
import type { Overrides } from './app/parts.ts'
import { openParts } from './app/parts.ts'
import { createHttpContext } from './app/use-cases.ts'
import { fileSignerOf } from './app/secret-key.ts'
import { createWebhooks } from './app/webhooks.ts'
import { createSignInUrl } from './app/sign-in.ts'

/** A receiver that answers at all does so within this time; others get the delivery again after the next start. */
const WEBHOOK_GRACE_MS = 1000

export type AppOverrides = Overrides & {
  /** Instead of the built-in engines. */
  engines?: readonly Engine[]
  /** Beside the built-in ones, after those that a model has already. */
  addedEngines?: readonly AddedEngine[]
}

export type App = {
  /**
   * Listens, then starts to run jobs, unless the role is `api`. `access` tells whether a key was made, and is the only time its token is told.
   * `signInUrl` opens the Studio without a key, once, within ten minutes; null where other machines could use it.
   * @throws AfterimageError `unavailable` (port taken), `unauthorized` (not loopback, and no key exists)
   */
  start: () => Promise<{ url: string; access: Access; signInUrl: string | null }>
  /** Takes no more requests, ends or gives back running jobs, closes everything. Safe to call twice. */
  stop: () => Promise<void>
  /** A request without a socket. */
  inject: FastifyInstance['inject']
  state: StateStore
  blobs: BlobStore
}

/**
 * A whole server on one data folder; nothing listens and no job runs before `start`. With the role `api` it runs none:
 * those of a shared state are run by `createWorkerProcess`.
 * @throws AfterimageError `unavailable` when state or folder cannot be used or another server owns them
 */
export async function createApp(config: Config, overrides: AppOverrides = {}): Promise<App> {
  const added = overrides.addedEngines ?? []
  const withAdded = createAdder(added)
  const parts = await openParts(config, overrides)
  const { state, blobs, logger } = parts
  const catalogue = createCatalogue(withAdded(parts.home.models), engineOrderOf(config))
  const onDiagnostic = (text: string): void => logger.warn({ text }, 'pixel process')
  const engines = overrides.engines ?? createEngines({ ...parts, catalogue, added, onDiagnostic })
  let port = config.port
  const baseUrls = createBaseUrls({ publicUrl: config.publicUrl, host: config.host, port: () => port })
  const background = createBackground(parts, { engines, catalogue })
  const keyWatch = watchEngineKeys(parts)
  const fileSigner = await fileSignerOf(parts)
  const webhooks = createWebhooks(parts, { baseUrls, fileSigner })
  const context = createHttpContext(parts, {
    engines,
    catalogue,
    baseUrls,
    fileSigner,
    worker: background,
    webhooks,
  })
  const server = await createHttpServer(context, logger)

  const start: App['start'] = async () => {
    const grantAccess = await prepareAccess({ ...parts, uploadAsset: context.uploadAsset })
    port = await listen(server, config)
    const access = await grantAccess()
    webhooks.start()
    keyWatch.start()
    if (config.role !== 'api') background.start()
    const signInUrl = await createSignInUrl({
      config,
      state,
      sessions: context.sessions,
      url: baseUrls.main(),
    })
    return { url: baseUrls.main(), access, signInUrl }
  }
  const stop = once(async () => {
    await stopListening(server)
    await keyWatch.stop()
    await background.stop()
    await webhooks.stop({ graceMs: Math.min(WEBHOOK_GRACE_MS, config.shutdownGraceSeconds * 1000) })
    await state.close()
  })
  return { start, stop, inject: server.inject.bind(server), state, blobs }
}

function once<Result>(run: () => Promise<Result>): () => Promise<Result> {
  let running: Promise<Result> | null = null
  return () => (running ??= run())
}
