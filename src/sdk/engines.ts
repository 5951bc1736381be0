/** What makes the images. Afterimage only; needs a key with the scope `admin`. */
import type { CallOptions } from './options.ts'
import { toId } from './paths.ts'
import type { Transport } from './transport.ts'
import type { Engine } from './types.ts'

export type Engines = {
  /** Every engine: whether it is ready, and what to set. */
  list: (options?: CallOptions) => Promise<Engine[]>
  /** Enters a vendor's key, which is good without a restart. */
  setKey: (engine: string, key: string, options?: CallOptions) => Promise<Engine>
  /** Removes an entered key; one of the settings counts again. */
  unsetKey: (engine: string, options?: CallOptions) => Promise<void>
}

export function createEngines(send: Transport): Engines {
  const path = (engine: string): string => `/engines/${toId('engine', engine)}/key`
  return {
    list: async (options) => {
      const { body } = await send({ method: 'GET', path: '/engines', isRepeatable: true, options })
      return (body as { items: Engine[] }).items
    },
    setKey: async (engine, key, options) => {
      const call = { path: path(engine), body: { json: { key } }, isRepeatable: true, options }
      return (await send({ method: 'PUT', ...call })).body as Engine
    },
    unsetKey: async (engine, options) => {
      await send({ method: 'DELETE', path: path(engine), isRepeatable: true, options })
    },
  }
}
