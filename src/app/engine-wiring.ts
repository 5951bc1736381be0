/** What engines elsewhere and at home are connected with: the network, or the recordings that stand in for it. */
import type { Config } from '../config.ts'
import type { Clock, UntrustedFetch } from '../core/ports.ts'
import type { Cassettes } from '../net/cassettes/cassettes.ts'
import { createCassettes } from '../net/cassettes/cassettes.ts'
import type { UpstreamEngineOptions } from '../net/upstream/engine-options.ts'
import type { PrepareImage } from '../net/upstream/inputs.ts'

/** What the settings say of one engine. */
export type Reached = { secret: () => string | null; origin: string | null }
export type WiredOptions = Omit<UpstreamEngineOptions, 'origin'>
export type Wiring = (engine: string, reached: Reached) => WiredOptions

/** Stands for a key that is not needed, because nothing is sent. */
const REPLAYED_SECRET = 'replayed'

export function createWiring(deps: {
  config: Pick<Config, 'cassettes' | 'cassetteDirectory'>
  clock: Clock
  fetchUntrusted: UntrustedFetch
  prepareImage: PrepareImage
}): Wiring {
  const { config, clock, fetchUntrusted: fetchResult, prepareImage } = deps
  const shared = { clock, prepareImage }
  const { cassettes: mode, cassetteDirectory: folder } = config
  if (mode === null) return (_engine, { secret }) => ({ ...shared, secret, fetchResult })
  const cassettes = createCassettes({ mode, folder })
  return (engine, { secret, origin }) => ({
    ...shared,
    ...cassettes.forEngine(engine, { origin, fetchResult }),
    ...(mode === 'record' ? { secret } : replayed(cassettes, engine)),
  })
}

/** Ready without a key if something was recorded; and there is nobody for whom to wait. */
function replayed(cassettes: Cassettes, engine: string): Pick<WiredOptions, 'secret' | 'pause'> {
  const isRecorded = cassettes.isRecorded(engine)
  return {
    secret: () => (isRecorded ? REPLAYED_SECRET : null),
    pause: () => Promise.resolve(),
  }
}
