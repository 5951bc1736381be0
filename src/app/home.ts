/** The engines on the operator's own machines, and the models that are there because of them. */
import type { HomeModels, Model } from '../catalogue/index.ts'
import { createCatalogue } from '../catalogue/index.ts'
import type { HomeSettings, ServedModel } from '../config-home.ts'
import type { Engine } from '../core/engine.ts'
import type { Issue } from '../core/errors.ts'
import type { Clock } from '../core/ports.ts'
import { createA1111Engine } from '../engines/a1111/engine.ts'
import { A1111_LOADED, A1111_MODELS, isUpscaler } from '../engines/a1111/models.ts'
import { createComfyEngine } from '../engines/comfyui/engine.ts'
import type { UnusableWorkflow } from '../engines/comfyui/load-workflows.ts'
import { OWN_PREFIX } from '../engines/comfyui/load-workflows.ts'
import type { Workflow } from '../engines/comfyui/workflow.ts'
import type { Shelf, WorkflowShelf } from '../engines/comfyui/workflow-shelf.ts'
import { createWorkflowShelf } from '../engines/comfyui/workflow-shelf.ts'
import { createCompatibleEngine } from '../engines/openai-compatible/engine.ts'
import { createSdcppEngine } from '../engines/sdcpp/engine.ts'
import { SDCPP_LOADED, SDCPP_MODELS } from '../engines/sdcpp/models.ts'
import type { Wiring } from './engine-wiring.ts'
import { invalidHome, modelIssues, workflowObjection } from './home-checks.ts'
import { mergeModels, serverModels, workflowModels } from './home-models.ts'

export type Home = {
  /** Nothing is called before the first job. */
  engines: (wire: Wiring) => Engine[]
  /** For the catalogue; the same object as long as nothing changed. */
  models: () => HomeModels
}

export type HomeDeps = { clock: Clock; onUnusable: (unusable: UnusableWorkflow) => void }

/**
 * @throws AfterimageError `invalid_request` for models that an engine cannot serve and for a folder of workflows that
 *   cannot be read; all faults at once
 */
export function createHome(settings: HomeSettings, deps: HomeDeps): Home {
  const vendors = createCatalogue()
  const issues = modelIssues(settings, vendors.findModel)
  const shelf = openShelf(settings, { ...deps, issues, find: vendors.findModel })
  if (issues.length > 0) throw invalidHome(issues)
  const servers = serverModels(settings)
  let seen: Shelf | null = null
  let models = servers
  return {
    engines: (wire) => createHomeEngines(settings, shelf, wire),
    models: () => {
      const now = shelf?.current() ?? null
      if (now !== null && now !== seen) models = mergeModels(workflowModels(now), servers)
      seen = now
      return models
    },
  }
}

function createHomeEngines(
  { comfyui, sdcpp, a1111, compatible }: HomeSettings,
  shelf: WorkflowShelf | null,
  wire: Wiring,
): Engine[] {
  const engines: Engine[] = []
  if (comfyui !== null && shelf !== null)
    // A worker may be given a job of a workflow that came while nobody looked.
    engines.push(
      createComfyEngine({
        ...comfyui,
        ...wire('comfyui', comfyui),
        models: shelf.current,
        refresh: shelf.refresh,
      }),
    )
  if (sdcpp !== null) {
    const models = Object.fromEntries(sdcpp.models.map(({ id }) => [id, SDCPP_MODELS[id] ?? SDCPP_LOADED]))
    engines.push(createSdcppEngine({ ...sdcpp, ...wire('sdcpp', sdcpp), models }))
  }
  if (a1111 !== null)
    engines.push(createA1111Engine({ ...a1111, ...wire('a1111', a1111), ...a1111Tables(a1111.models) }))
  if (compatible !== null) {
    const models = compatible.models.map(({ id, name }) => [id, { upstream: name ?? id }] as const)
    const { isFree: isHome, ...reached } = compatible
    engines.push(
      createCompatibleEngine({
        ...reached,
        ...wire('openai-compatible', reached),
        isHome,
        models: Object.fromEntries(models),
      }),
    )
  }
  return engines
}

/** Names of upscalers and of checkpoints go to different places. */
function a1111Tables(served: readonly ServedModel[]) {
  const models = Object.fromEntries(served.map(({ id }) => [id, A1111_MODELS[id] ?? A1111_LOADED]))
  const named = served.flatMap(({ id, name }) => (name === null ? [] : [[id, name] as const]))
  const isUpscaling = (id: string): boolean => isUpscaler(models[id] ?? A1111_LOADED)
  const upscaler = named.find(([id]) => isUpscaling(id))?.[1]
  const checkpoints = Object.fromEntries(named.filter(([id]) => !isUpscaling(id)))
  return { models, checkpoints, ...(upscaler === undefined ? {} : { upscaler }) }
}

type Find = (id: string) => Model | null

function openShelf(
  { comfyui }: HomeSettings,
  { clock, onUnusable, issues, find }: HomeDeps & { issues: Issue[]; find: Find },
): WorkflowShelf | null {
  if (comfyui === null) return null
  const { workflows: folder } = comfyui
  const objection = (id: string, workflow: Workflow): string | null =>
    id.startsWith(OWN_PREFIX) ? null : workflowObjection({ id, workflow, model: find(id) })
  try {
    return createWorkflowShelf({ folder, clock, objection, onUnusable })
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable'
    const message = `the folder ${String(folder)} cannot be read (${code}); make it first, or leave the variable out`
    issues.push({ path: 'AFTERIMAGE_COMFYUI_WORKFLOWS', message, code: 'invalid_setting' })
    return null
  }
}
