/** Everything a pixel process can do. */
import { availableParallelism } from 'node:os'
import sharp from 'sharp'
import type { Geometry, RecipeStep, Warning } from '../../../core/job.ts'
import type { Raster } from '../../../imaging/raster.ts'
import type { ChildSettings } from '../pool/start-child.ts'
import type { TaskRunners } from '../protocol.ts'
import { createNetworks, type Networks } from '../upscale/networks.ts'
import { createCardRunner } from './card-runner.ts'
import { createEditRunner } from './edit-runner.ts'
import { createUpscaleRunner } from './upscale-runner.ts'

/** What follows an instruction; `geometry` is null when no pixel moved. */
export type RunEdit = (
  raster: Raster,
  request: { prompt: string; seed: number; styleImages: readonly Raster[] },
  onProgress: (fraction: number) => void,
) => {
  raster: Raster
  recipe: readonly RecipeStep[]
  warnings: readonly Warning[]
  geometry: Pick<Geometry, 'steps'> | null
}

export type RunnerDeps = { settings: ChildSettings; networks: Networks; runEdit: RunEdit }

/** Also sets sharp up for this process: no cache, because no file is read twice. */
export function createTaskRunners(settings: ChildSettings): TaskRunners {
  sharp.cache(false)
  sharp.concurrency(availableParallelism())
  const deps: RunnerDeps = {
    settings,
    networks: createNetworks(settings.weightsDirectory),
    runEdit: keepAsItIs,
  }
  return {
    upscale: createUpscaleRunner(deps),
    edit: createEditRunner(deps),
    card: createCardRunner(deps),
  }
}

/** Follows no instruction and says so. */
const keepAsItIs: RunEdit = (raster) => ({
  raster,
  recipe: [],
  warnings: [
    {
      code: 'instruction_not_understood',
      path: 'prompt',
      message: 'The instruction was not followed: this engine cannot read instructions.',
    },
  ],
  geometry: null,
})
