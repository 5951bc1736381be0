/** Keys of engines, wired: entered ones from the state, the others from the settings. */
import type { Config } from '../config.ts'
import { isUpstreamId } from '../config-upstreams.ts'
import type { EngineKeys } from '../core/engine-keys.ts'
import { createEngineKeys } from '../core/engine-keys.ts'
import type { StateStore } from '../core/ports.ts'
import type { Parts } from './parts.ts'
import { secretKeyOf } from './secret-key.ts'

/** How long a key that another process entered may stay unknown here, in milliseconds. */
const LOOK_MS = 2000

/** With the keys that are entered by now. @throws AfterimageError `unavailable` when the state cannot be read */
export async function openEngineKeys(
  config: Pick<Config, 'upstreams' | 'secretKey' | 'dataDirectory'>,
  state: Pick<StateStore, 'engineKeys'>,
  logger?: Pick<Parts['logger'], 'warn'>,
): Promise<EngineKeys> {
  const keys = createEngineKeys({
    store: state.engineKeys,
    masterKey: () => secretKeyOf(config),
    configured: (engine) =>
      isUpstreamId(engine) ? config.upstreams[engine].key() : { source: null, secret: null, fault: null },
    onFault: (engine, fault) => logger?.warn({ engine, fault }, 'the entered key of an engine is not used'),
  })
  await keys.refresh()
  return keys
}

/** Looks for keys that other processes and the command line entered, until it is stopped. */
export function watchEngineKeys({ engineKeys, logger }: Pick<Parts, 'engineKeys' | 'logger'>): {
  start: () => void
  stop: () => Promise<void>
} {
  let timer: NodeJS.Timeout | undefined
  let looking: Promise<void> | null = null
  let hasFailed = false
  const look = async (): Promise<void> => {
    try {
      await engineKeys.refresh()
      hasFailed = false
    } catch (err) {
      // A database that is away for a minute is one line, not thirty.
      if (!hasFailed) logger.error({ err }, 'the entered keys of engines could not be read')
      hasFailed = true
    }
  }
  return {
    start: () => {
      timer = setInterval(() => {
        looking ??= look().finally(() => (looking = null))
      }, LOOK_MS)
      timer.unref()
    },
    stop: async () => {
      clearInterval(timer)
      await looking
    },
  }
}
