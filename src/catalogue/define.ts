/** Completes a model from what its provider's file says. */
import type { Field } from './field.ts'
import { isImageField } from './field.ts'
import type { Category, FieldAlias, Model, Operations, PricePoint, Retirement } from './model.ts'
import { listPrice } from './price.ts'

/** The setting that makes an engine available. */
const ENGINE_VARIABLES = {
  openai: 'OPENAI_API_KEY',
  // Beside the key of the images API, which stands there already, it wants a choice, which is no key.
  'openai-responses': null,
  google: 'GEMINI_API_KEY',
  bfl: 'BFL_API_KEY',
  byteplus: 'ARK_API_KEY',
  topaz: 'TOPAZ_API_KEY',
  runway: 'RUNWAYML_API_SECRET',
  ideogram: 'IDEOGRAM_API_KEY',
  luma: 'LUMA_API_KEY',
  dashscope: 'DASHSCOPE_API_KEY',
  fal: 'FAL_KEY',
  replicate: 'REPLICATE_API_TOKEN',
  krea: 'AFTERIMAGE_KREA_API_KEY',
  // Not the address: what a server at home serves has to be said, and saying it is enough.
  comfyui: 'AFTERIMAGE_COMFYUI_WORKFLOWS',
  sdcpp: 'AFTERIMAGE_SDCPP_MODELS',
  a1111: 'AFTERIMAGE_A1111_MODELS',
  'openai-compatible': 'AFTERIMAGE_OPENAI_COMPATIBLE_MODELS',
  'afterimage/draft': null,
  'afterimage/local': null,
} as const

/** Which models they serve is the operator's to say. */
export const HOME_ENGINES = ['comfyui', 'sdcpp', 'a1111', 'openai-compatible'] as const

export type EngineId = keyof typeof ENGINE_VARIABLES

export type ModelDefinition = {
  id: string
  /** `image` when left out. */
  category?: Category
  title: string
  summary: string
  fields: readonly Field[]
  /** Older names of fields, as `{imageUrl: 'image_url'}`. */
  aliases?: Readonly<Record<string, string>>
  prices?: readonly PricePoint[]
  priceRange?: readonly [min: number, max: number]
  latencySeconds?: number
  /** In order of preference; the draft is appended for models that are not our own. */
  engines: readonly EngineId[]
  operations?: Operations
  isOwn?: boolean
  /** There because an engine at home is; nothing stands in for it. */
  isHome?: boolean
  retirement?: Retirement
}

export function defineModel(definition: ModelDefinition): Model {
  const { id, category = 'image', isOwn = false, isHome = false, fields, prices = [] } = definition
  const hasDraft = !isOwn && !isHome
  const engines: EngineId[] = hasDraft ? [...definition.engines, 'afterimage/draft'] : [...definition.engines]
  const [provider = id] = id.split('/', 1)
  return {
    id,
    category,
    path: `/generate/${category}/${id}`,
    provider,
    title: definition.title,
    summary: definition.summary,
    operations: definition.operations ?? operationsOf(category, fields),
    fields,
    aliases: Object.entries(definition.aliases ?? {}).map(([from, to]): FieldAlias => ({ from, to })),
    prices,
    priceRange: definition.priceRange ?? null,
    latencySeconds: definition.latencySeconds ?? null,
    engines,
    keyVariables: keyVariablesOf(engines),
    pictureField: pictureFieldOf(fields),
    isOwn,
    retirement: definition.retirement ?? null,
    price: (input) => listPrice({ prices, fields, isOwn }, input),
  }
}

/** The model with engines that the operator gave it, after its own and before the draft. */
export function withEngines(model: Model, added: readonly string[]): Model {
  const fresh = added.filter((engine) => !model.engines.includes(engine))
  if (fresh.length === 0) return model
  const isDraft = (engine: string): boolean => engine === 'afterimage/draft'
  const engines = [
    ...model.engines.filter((engine) => !isDraft(engine)),
    ...fresh,
    ...model.engines.filter(isDraft),
  ]
  return { ...model, engines, keyVariables: [...model.keyVariables, ...keyVariablesOf(fresh)] }
}

/** The model with engines that the operator prefers before its others, as far as it has them. */
export function withFirst(model: Model, preferred: readonly string[]): Model {
  const first = preferred.filter((engine) => model.engines.includes(engine))
  if (first.length === 0) return model
  return { ...model, engines: [...first, ...model.engines.filter((engine) => !first.includes(engine))] }
}

/** The settings that make these engines available. */
export function keyVariablesOf(engines: readonly string[]): string[] {
  const variables: Readonly<Record<string, string | null>> = ENGINE_VARIABLES
  return engines.map((engine) => variables[engine] ?? null).filter((variable) => variable !== null)
}

function pictureFieldOf(fields: readonly Field[]): string | null {
  const pictures = fields.filter(isImageField)
  return (pictures.find(({ role }) => role === 'source') ?? pictures[0])?.name ?? null
}

function operationsOf(category: Category, fields: readonly Field[]): Operations {
  if (category === 'enhance') return { withImage: 'enhance', withoutImage: null }
  const isImageRequired = fields.some((field) => isImageField(field) && field.required === true)
  return { withImage: 'edit', withoutImage: isImageRequired ? null : 'generate' }
}

/** One price for every request. */
export function flat(usd: number | null, computeUnits: number | null): PricePoint[] {
  return [{ usd, computeUnits, when: {} }]
}
