/** Everything a pixel process can do. */
import { availableParallelism } from 'node:os'
import sharp from 'sharp'
import type { ChildSettings } from '../pool/start-child.ts'
import type { TaskRunners } from '../protocol.ts'
import { createNetworks, type Networks } from '../upscale/networks.ts'
import { createCardRunner } from './card-runner.ts'
import { createEditRunner } from './edit-runner.ts'
import { createFinishRunner } from './finish-runner.ts'
import { createPrepareRunner } from './prepare-runner.ts'
import { createUpscaleRunner } from './upscale-runner.ts'

export type RunnerDeps = { settings: ChildSettings; networks: Networks }

/** Also sets sharp up for this process: no cache, because no file is read twice. */
export function createTaskRunners(settings: ChildSettings): TaskRunners {
  sharp.cache(false)
  sharp.concurrency(availableParallelism())
  const deps: RunnerDeps = {
    settings,
    networks: createNetworks(settings.weightsDirectory),
  }
  return {
    upscale: createUpscaleRunner(deps),
    edit: createEditRunner(deps),
    card: createCardRunner(deps),
    prepare: createPrepareRunner(deps),
    finish: createFinishRunner(deps),
  }
}
