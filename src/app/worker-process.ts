/** A process that runs jobs of a shared state and answers no requests. */
import { createCatalogue } from '../catalogue/index.ts'
import type { Config } from '../config.ts'
import type { Engine } from '../core/engine.ts'
import type { AddedEngine } from '../engines/added.ts'
import { createAdder } from './added-engines.ts'
import { createBackground } from './background.ts'
import { watchEngineKeys } from './engine-keys.ts'
import { createEngines } from './engine-list.ts'
import { engineOrderOf } from './engine-order.ts'
import { type Overrides, openParts } from './parts.ts'

export type WorkerProcess = {
  start: () => void
  /** Ends or gives back running jobs, closes everything. */
  stop: () => Promise<void>
}

/**
 * Opens the state and the data folder; no job runs before `start`.
 * @throws AfterimageError `unavailable` when one cannot be used
 */
export async function createWorkerProcess(
  config: Config,
  overrides: Overrides & { engines?: readonly Engine[]; addedEngines?: readonly AddedEngine[] } = {},
): Promise<WorkerProcess> {
  const added = overrides.addedEngines ?? []
  const withAdded = createAdder(added)
  const parts = await openParts(config, overrides)
  const catalogue = createCatalogue(withAdded(parts.home.models), engineOrderOf(config))
  const onDiagnostic = (text: string): void => parts.logger.warn({ text }, 'pixel process')
  const engines = overrides.engines ?? createEngines({ ...parts, catalogue, added, onDiagnostic })
  const background = createBackground(parts, { engines, catalogue })
  const keyWatch = watchEngineKeys(parts)
  return {
    start: () => {
      keyWatch.start()
      background.start()
    },
    stop: async () => {
      await keyWatch.stop()
      await background.stop()
      await parts.state.close()
    },
  }
}
