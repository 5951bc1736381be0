import type { Config } from '../config.ts'
import type { Engine } from '../core/engine.ts'
import { createLocalEngines, DRAFT_ENGINE_ID } from '../engines/local/engines.ts'

/** The stand-in for models that no other engine serves. */
export const DRAFT_ENGINE = DRAFT_ENGINE_ID
/** Queue of the engine that uses this machine's cores. */
export const LOCAL_QUEUE = 'local'

/** Every engine that the settings configure. Nothing is started before the first job. */
export function createEngines(
  config: Pick<Config, 'localProcesses' | 'maxInputPixels' | 'jobTimeoutSeconds'>,
  onDiagnostic: (text: string) => void,
): Engine[] {
  const { local, draft } = createLocalEngines({
    processes: config.localProcesses,
    maxPixels: config.maxInputPixels,
    deadlineMs: config.jobTimeoutSeconds * 1000,
    onDiagnostic,
  })
  return [local, draft]
}
