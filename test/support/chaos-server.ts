/**
 * `afterimage serve` for tests of crashes: the same server on the same settings, on SQLite or on the Postgres that the
 * first argument names, which dies where its parent tells it to.
 */
import { enableCompileCache, flushCompileCache } from 'node:module'
import type { Failpoint } from './failpoints.ts'
import { createFailpoints, engineWithFailpoints, watchRuntime, withFailpoints } from './failpoints.ts'

const RETRY_MS = 20
/** A killed predecessor's connection is noticed by Postgres in this time. */
const OWNER_TRIES = 500

// A thousand starts: compiled code is kept between them, as the real program does.
enableCompileCache()
const failpoints = createFailpoints()
watchRuntime(failpoints)

const { pino } = await import('pino')
const { createApp } = await import('../../src/app.ts')
const { createEngines } = await import('../../src/app/engine-list.ts')
const { openState } = await import('../../src/app/open-state.ts')
const { openBlobs } = await import('../../src/app/parts.ts')
const { createCatalogue } = await import('../../src/catalogue/index.ts')
const { readConfig } = await import('../../src/config.ts')
const { isAfterimageError } = await import('../../src/core/errors.ts')
const { createGuardedFetch } = await import('../../src/net/guarded-fetch.ts')
const { createPostgresStateStore } = await import('../../src/state/postgres.ts')

type StateStore = Awaited<ReturnType<typeof openState>>

async function openPostgres(url: string, defaultConcurrency: number): Promise<StateStore> {
  for (let tries = 1; ; tries += 1)
    try {
      return await createPostgresStateStore({ url, defaultConcurrency, isSingleOwner: true })
    } catch (error) {
      if (tries === OWNER_TRIES || !isAfterimageError(error) || error.code !== 'unavailable') throw error
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
    }
}

const config = readConfig(process.env)
const clock = { now: Date.now }
const [, , postgresUrl] = process.argv
const opened =
  postgresUrl === undefined
    ? await openState(config, { isSingleOwner: true })
    : await openPostgres(postgresUrl, config.maxRunningPerAccount)
const { state, blobs } = withFailpoints(failpoints, { state: opened, blobs: openBlobs(config, true) })
const engines = createEngines({
  config,
  clock,
  fetchUntrusted: createGuardedFetch({ allowPrivate: config.allowPrivateNetwork ?? [] }),
  catalogue: createCatalogue(),
  onDiagnostic: (text) => void process.stderr.write(text),
}).map((engine) => engineWithFailpoints(failpoints, engine))
const logger = pino({ level: config.logLevel, base: null }, pino.destination(2))
const app = await createApp(config, { state, blobs, engines, logger })
await app.start()
// Else it is written at a proper end, which these processes seldom have.
flushCompileCache()

process.on('message', ({ point, hits }: { point: Failpoint; hits: number }) => failpoints.arm(point, hits))
const stop = async (): Promise<void> => {
  await app.stop()
  process.exit(0)
}
process.once('SIGTERM', () => void stop())
process.once('disconnect', () => void stop())
