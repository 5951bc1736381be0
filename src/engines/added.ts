/** Engines that an embedding program brings along. */
import type { Engine } from '../core/engine.ts'
import type { PrepareImage } from '../net/upstream/inputs.ts'

/** What an added engine is made with. */
export type EngineTools = {
  /** Makes an input fit: upright, without private metadata, in a format and size that the engine takes. */
  prepareImage: PrepareImage
}

export type AddedEngine = Pick<Engine, 'id' | 'capabilities'> & {
  /** Ids of `GET /models` that it serves, or `local/…` for models of its own. */
  serves: readonly string[]
  create: (tools: EngineTools) => Engine
}
