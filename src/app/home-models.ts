/** The models that are there because an engine at home is: of workflows, and of what servers have loaded. */
import type { EngineId, HomeField, HomeModels, Model } from '../catalogue/index.ts'
import { defineHomeModel, withEngines } from '../catalogue/index.ts'
import type { HomeSettings } from '../config-home.ts'
import { OWN_PREFIX } from '../engines/comfyui/load-workflows.ts'
import type { Slot, Workflow } from '../engines/comfyui/workflow.ts'
import { roomForImages } from '../engines/comfyui/workflow.ts'
import type { Shelf } from '../engines/comfyui/workflow-shelf.ts'

/** Models of whatever a server has loaded. */
export const LOADED_PREFIX = 'local/'
/** Wire fields of a server's own diffusion models. */
const DIFFUSION: readonly HomeField[] = [
  'prompt',
  'negative_prompt',
  'strength',
  'size',
  'seed',
  'steps',
  'guidance_scale',
  'count',
]
/** As many as the oldest images API promises to take. */
const COMPATIBLE_IMAGES = 16

type Served = { id: string; engine: EngineId; title: string; isFree: boolean; isImages: boolean }

/** What the three servers add that is known from the settings. */
export function serverModels({ sdcpp, a1111, compatible }: HomeSettings): HomeModels {
  const served: Served[] = [
    ...(sdcpp?.models ?? []).map(({ id }) => toServed(id, 'sdcpp', 'stable-diffusion.cpp')),
    ...(a1111?.models ?? []).map(({ id }) => toServed(id, 'a1111', 'A1111')),
    ...(compatible?.models ?? []).map(({ id }) => ({
      ...toServed(id, 'openai-compatible', 'a server of OpenAI’s form'),
      isFree: compatible?.isFree ?? false,
      isImages: true,
    })),
  ]
  const ids = [...new Set(served.map(({ id }) => id))]
  const byId = ids.map((id) => served.filter((entry) => entry.id === id))
  const engines = byId.map((entries) => [entries[0]?.id ?? '', entries.map(({ engine }) => engine)] as const)
  return {
    own: byId.filter(([first]) => first?.id.startsWith(LOADED_PREFIX)).map(loadedModel),
    engines: Object.fromEntries(engines),
  }
}

function toServed(id: string, engine: EngineId, title: string): Served {
  return { id, engine, title, isFree: true, isImages: false }
}

function loadedModel(entries: readonly Served[]): Model {
  const id = entries[0]?.id ?? ''
  const isImages = entries.some((entry) => entry.isImages)
  const isDiffusion = entries.some((entry) => !entry.isImages)
  return defineHomeModel({
    id,
    title: id.slice(LOADED_PREFIX.length),
    summary: `What ${entries.map(({ title }) => title).join(' or ')} at home runs under this name.`,
    engines: entries.map(({ engine }) => engine),
    takes: isDiffusion ? [...DIFFUSION, ...outputFormat(entries)] : ['prompt', 'size', 'count'],
    images: { max: isImages ? COMPATIBLE_IMAGES : 1, required: false },
    isFree: entries.every((entry) => entry.isFree),
  })
}

/** A1111 sends PNG. */
function outputFormat(entries: readonly Served[]): HomeField[] {
  return entries.some(({ engine }) => engine === 'sdcpp') ? ['output_format'] : []
}

export function workflowModels(shelf: Shelf): HomeModels {
  const entries = Object.entries(shelf)
  const isOwn = ([id]: readonly [string, Workflow]): boolean => id.startsWith(OWN_PREFIX)
  return {
    own: entries.filter(isOwn).map(([id, workflow]) => workflowModel(id, workflow)),
    engines: Object.fromEntries(entries.filter((entry) => !isOwn(entry)).map(([id]) => [id, ['comfyui']])),
  }
}

const SLOT_FIELDS: Readonly<Record<Exclude<HomeField, 'output_format'>, readonly Slot[]>> = {
  prompt: ['prompt'],
  negative_prompt: ['negative_prompt'],
  strength: ['strength'],
  size: ['width', 'height'],
  seed: ['seed'],
  steps: ['steps'],
  guidance_scale: ['guidance'],
  count: ['count'],
}

/** A workflow's model takes what the workflow has places for, and nothing else. */
function workflowModel(id: string, workflow: Workflow): Model {
  const max = roomForImages(workflow)
  const fields = Object.entries(SLOT_FIELDS) as [HomeField, readonly Slot[]][]
  const takes = fields.filter(([, slots]) => slots.every((slot) => workflow.slots[slot] !== undefined))
  return defineHomeModel({
    id,
    title: workflow.title,
    summary: `The ComfyUI workflow “${workflow.title}”.`,
    engines: ['comfyui'],
    takes: takes.map(([field]) => field),
    images: { max, required: max > 0 },
    isFree: true,
  })
}

/** The engines of a model that both name stand in that order. */
export function mergeModels(first: HomeModels, second: HomeModels): HomeModels {
  const engines: Record<string, readonly string[]> = { ...first.engines }
  for (const [id, more] of Object.entries(second.engines)) engines[id] = [...(engines[id] ?? []), ...more]
  const shared = (model: Model): Model | undefined => second.own.find(({ id }) => id === model.id)
  const fresh = second.own.filter(({ id }) => !first.own.some((model) => model.id === id))
  return {
    own: [...first.own.map((model) => withEngines(model, shared(model)?.engines ?? [])), ...fresh],
    engines,
  }
}
