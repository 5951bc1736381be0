/** Which engines this server has, which of them are ready, and what the others want. */
import type { ModelCatalogue } from '../catalogue/index.ts'
import type { Config } from '../config.ts'
import { HOME_ENGINES } from '../config-home.ts'
import { VARIABLES } from '../config-variables.ts'
import { UPSTREAMS } from '../config-upstreams.ts'
import type { EngineKey, EngineKeys } from '../core/engine-keys.ts'
import type { EngineView } from '../core/engine-view.ts'
import { endingOf } from '../core/engine-view.ts'
import type { KeyStandings } from '../core/key-standings.ts'
import type { EngineOffer } from '../core/ports.ts'
import { DRAFT_ENGINE } from '../core/engine.ts'
import { LOCAL_ENGINE, LOCAL_QUEUE, RESPONSES_ENGINE } from './engine-list.ts'

export type EngineViewDeps = {
  config: Pick<Config, 'home' | 'isDraftEnabled' | 'openAiResponsesModel'>
  catalogue: Pick<ModelCatalogue, 'list'>
  engineKeys: Pick<EngineKeys, 'find' | 'faultOf'>
  /** What this process met; absent where nothing runs. */
  keyStandings?: Pick<KeyStandings, 'find'>
  /** Those of this process, where it has some: recordings make an engine ready without a key. */
  offers?: readonly EngineOffer[]
}

type Bare = Omit<EngineView, 'models' | 'fault'>

/** Every engine that this version knows, at this moment. Nothing is called. */
export function engineViews({
  config,
  catalogue,
  engineKeys,
  keyStandings,
  offers = [],
}: EngineViewDeps): EngineView[] {
  const models = catalogue.list()
  const bare = [
    ...UPSTREAMS.flatMap((upstream) => {
      const view = vendorView(upstream, engineKeys)
      return view.id === 'openai' ? [view, responsesView(view, config.openAiResponsesModel)] : [view]
    }),
    ...HOME_ENGINES.map((engine) => homeView(engine, config.home)),
    ...builtInViews(config.isDraftEnabled),
  ]
  return bare.map((view) => {
    const served = models.filter(({ engines }) => engines.includes(view.id)).map(({ id }) => id)
    const offer = offers.find(({ id }) => id === view.id)
    const isServing = offer !== undefined && !offer.isDraft && served.some((id) => offer.capabilities(id))
    const fault = keyStandings?.find(view.keyOf ?? view.id) ?? null
    return {
      ...view,
      fault,
      models: served,
      ...(isServing && !view.isReady ? { isReady: true, reason: null } : {}),
    }
  })
}

function vendorView(
  { id, title, key }: (typeof UPSTREAMS)[number],
  keys: EngineViewDeps['engineKeys'],
): Bare {
  const found = keys.find(id)
  return {
    id,
    title,
    kind: 'vendor',
    isReady: found !== null,
    reason: vendorReason(keys, { id, key, source: found?.source ?? null }),
    variable: key,
    key: found && { source: found.source, enteredAt: found.enteredAt, ending: endingOf(found.secret) },
    queue: id,
    keyOf: null,
  }
}

/** Another way to the same vendor, with the same key; off until the operator has chosen a model for it. */
function responsesView(openai: Bare, model: string | null): Bare {
  const { name } = VARIABLES.openAiResponsesModel
  const own = { id: RESPONSES_ENGINE, title: 'OpenAI in the background', keyOf: openai.id }
  return model === null
    ? {
        ...openai,
        ...own,
        isReady: false,
        reason: `it is not set up: set ${name}`,
        variable: name,
        key: null,
      }
    : { ...openai, ...own }
}

/** Also of an engine that is ready: on the key of somebody else's account than the one that was entered. */
function vendorReason(
  keys: EngineViewDeps['engineKeys'],
  { id, key, source }: { id: string; key: string; source: EngineKey['source'] | null },
): string | null {
  if (source === 'entered') return null
  const fault = keys.faultOf(id)
  if (source === null) return fault ?? `there is no key: set ${key} or ${key}_FILE, or enter one`
  const used = source === 'environment' ? key : `the file that ${key}_FILE names`
  return fault && `${fault}; until then the key in ${used} is used`
}

function homeView({ id, title, models }: (typeof HOME_ENGINES)[number], home: Config['home']): Bare {
  const settings = home[id === 'openai-compatible' ? 'compatible' : id]
  return {
    id,
    title,
    kind: 'home',
    isReady: settings !== null,
    reason: settings === null ? `it is not set up: set ${models}` : null,
    variable: models,
    key: null,
    queue: id,
    keyOf: null,
  }
}

function builtInViews(isDraftEnabled: boolean): Bare[] {
  const common = { kind: 'built_in', key: null, keyOf: null, queue: LOCAL_QUEUE } as const
  const reason = isDraftEnabled ? null : 'drafts are switched off with AFTERIMAGE_DRAFT'
  const draft = { isReady: isDraftEnabled, reason, variable: isDraftEnabled ? null : 'AFTERIMAGE_DRAFT' }
  return [
    { ...common, id: LOCAL_ENGINE, title: 'Built-in engine', isReady: true, reason: null, variable: null },
    { ...common, id: DRAFT_ENGINE, title: 'Drafts of the built-in engine', ...draft },
  ]
}
