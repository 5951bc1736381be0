/** Engines that an embedding program brings along, and the models that they serve. */
import type { HomeField, HomeModels, Model } from '../catalogue/index.ts'
import { createCatalogue, defineHomeModel } from '../catalogue/index.ts'
import { HOME_ENGINES } from '../config-home.ts'
import { AfterimageError } from '../core/errors.ts'
import { UNCONFIGURED_ENGINE } from '../core/unconfigured-engine.ts'
import type { AddedEngine } from '../engines/added.ts'
import { LOADED_PREFIX, mergeModels } from './home-models.ts'

const LOCAL_ID = /^local\/[a-z0-9][\w.-]{0,63}$/iu
/** Fields of models of their own, by the wire field that says whether the engine takes them. */
const FIELDS: readonly (readonly [wire: string, field: HomeField])[] = [
  ['prompt', 'prompt'],
  ['negative_prompt', 'negative_prompt'],
  ['strength', 'strength'],
  ['width', 'size'],
  ['seed', 'seed'],
  ['steps', 'steps'],
  ['guidance_scale', 'guidance_scale'],
  ['count', 'count'],
]

/**
 * What the catalogue has to know beside the engines at home.
 * @throws AfterimageError `invalid_request` for an id of an engine that is taken, and for one that is no model, or that
 *   the engine says nothing about
 */
export function createAdder(added: readonly AddedEngine[]): (home: () => HomeModels) => () => HomeModels {
  assertOwnIds(added.map(({ id }) => id))
  if (added.length === 0) return (home) => home
  const models = added.map(modelsOf).reduce(mergeModels)
  return (home) => {
    let seen: HomeModels | null = null
    let merged = models
    return () => {
      const now = home()
      if (now !== seen) merged = mergeModels(now, models)
      seen = now
      return merged
    }
  }
}

/** Jobs name their engine; two of one name would be one. */
function assertOwnIds(ids: readonly string[]): void {
  const vendors = createCatalogue().list()
  const taken = new Set<string>([
    UNCONFIGURED_ENGINE,
    ...vendors.flatMap(({ engines }) => engines),
    ...HOME_ENGINES.map(({ id }) => id),
  ])
  const wrong = ids.find((id, index) => taken.has(id) || ids.indexOf(id) < index)
  if (wrong !== undefined)
    throw new AfterimageError(
      'invalid_request',
      `There is an engine "${wrong}" already; an added one needs an id of its own.`,
    )
}

function modelsOf(engine: AddedEngine): HomeModels {
  const vendors = createCatalogue()
  const wrong = engine.serves.filter((id) => {
    const isKnown = id.startsWith(LOADED_PREFIX) ? LOCAL_ID.test(id) : vendors.findModel(id)?.isOwn === false
    return !isKnown || engine.capabilities(id) === null
  })
  if (wrong.length > 0)
    throw new AfterimageError(
      'invalid_request',
      `The engine ${engine.id} serves ${wrong.join(', ')}; allowed: ids of GET /models that are not built in, and local/… ` +
        'for models of your own; capabilities() must answer for each.',
    )
  return {
    own: engine.serves.filter((id) => id.startsWith(LOADED_PREFIX)).map((id) => ownModel(engine, id)),
    engines: Object.fromEntries(engine.serves.map((id) => [id, [engine.id]])),
  }
}

/** Its fields are those that the engine honours itself. */
function ownModel({ id: engine, capabilities }: AddedEngine, id: string): Model {
  const { fields = {}, maxImages = 0, operations = [] } = capabilities(id) ?? {}
  const hasMask = fields['mask_url'] === 'native'
  return defineHomeModel({
    id,
    title: id.slice(LOADED_PREFIX.length),
    summary: `What ${engine} runs under this name.`,
    engines: [engine],
    takes: FIELDS.filter(([wire]) => fields[wire] === 'native').map(([, field]) => field),
    images: { max: Math.max(0, maxImages - (hasMask ? 1 : 0)), required: !operations.includes('generate') },
    isFree: false,
  })
}
