/** The engines: which are ready, whether they can be reached, and which models their vendors end. */
import type { Config } from '../../config.ts'
import { HOME_ENGINES, type HomeSettings } from '../../config-home.ts'
import { createEngines } from '../../app/engine-list.ts'
import { engineOrderOf } from '../../app/engine-order.ts'
import { engineViews } from '../../app/engine-views.ts'
import { createHome } from '../../app/home.ts'
import type { ModelCatalogue } from '../../catalogue/index.ts'
import { createCatalogue } from '../../catalogue/index.ts'
import type { Engine } from '../../core/engine.ts'
import type { EngineKeys } from '../../core/engine-keys.ts'
import type { EngineView } from '../../core/engine-view.ts'
import { isAfterimageError } from '../../core/errors.ts'
import { mapLimited } from '../../core/map-limited.ts'
import { describeRetired, findRetired } from '../../core/retired-ids.ts'
import { createGuardedFetch } from '../../net/guarded-fetch.ts'
import { type Check, fail, ok, warn } from './check.ts'
import { reach } from './reach.ts'

const AT_ONCE = 6

export type EngineFindings = {
  checks: readonly Check[]
  /** Times that the vendors' answers told, against our own: `{vendor, aheadMs}` of this machine. */
  clocks: readonly { vendor: string; aheadMs: number }[]
}

const NO_HOME: HomeSettings = { comfyui: null, sdcpp: null, a1111: null, compatible: null }
/** Without their settings they would be told to be off, which they are not. */
const HOME_LINES: ReadonlySet<string> = new Set(HOME_ENGINES.map(({ id }) => `engine ${id}`))

type Scene = { config: Config; keys: EngineKeys; isOffline: boolean; onWarning: (check: Check) => void }

/** Nothing is called that could cost: one request without a key to the address of each engine that is ready. */
export async function checkEngines(
  config: Config,
  keys: EngineKeys,
  isOffline: boolean,
): Promise<EngineFindings> {
  const warnings: Check[] = []
  const scene = { config, keys, isOffline, onWarning: (check: Check) => void warnings.push(check) }
  try {
    const { checks, clocks } = await lookAtAll(scene)
    return { clocks, checks: [...checks, ...warnings] }
  } catch (error) {
    if (!isAfterimageError(error)) throw error
    const fault = fail('engines at home', error.message, 'correct the settings')
    // A server with these settings does not start, but the vendors can be looked at all the same.
    const elsewhere = await lookAtAll({ ...scene, config: { ...config, home: NO_HOME } })
    const lines = elsewhere.checks.filter(({ name }) => !HOME_LINES.has(name))
    return { clocks: elsewhere.clocks, checks: [...lines, fault] }
  }
}

async function lookAtAll({ config, keys, isOffline, onWarning }: Scene): Promise<EngineFindings> {
  const clock = { now: Date.now }
  const home = createHome(config.home, {
    clock,
    onUnusable: ({ file, reason }) =>
      onWarning(warn('workflow', `${file} cannot be a model: ${reason}`, 'correct or remove the file')),
  })
  const catalogue = createCatalogue(home.models, engineOrderOf(config))
  const engines = createEngines({
    config,
    clock,
    catalogue,
    home,
    engineKeys: keys,
    fetchUntrusted: createGuardedFetch(),
    onDiagnostic: () => undefined,
  })
  try {
    const views = engineViews({ config, catalogue, engineKeys: keys })
    const looks = await mapLimited(views, AT_ONCE, (view) => lookAt(view, { engines, keys, isOffline }))
    const found = looks.flatMap((look) => (look.status === 'fulfilled' ? look.value : []))
    const ending = endingModels({ catalogue, engines, views })
    return {
      checks: [...found.map(({ check }) => check), ...ending],
      clocks: found.flatMap(({ vendor, aheadMs }) => (aheadMs === null ? [] : [{ vendor, aheadMs }])),
    }
  } finally {
    for (const engine of engines) await engine.close?.()
  }
}

type Look = { check: Check; vendor: string; aheadMs: number | null }

async function lookAt(
  view: EngineView,
  { engines, keys, isOffline }: { engines: readonly Engine[]; keys: EngineKeys; isOffline: boolean },
): Promise<Look> {
  const name = `engine ${view.id}`
  const told = { vendor: view.title, aheadMs: null }
  const fault = view.keyOf === null ? keys.faultOf(view.id) : null
  if (fault !== null) return { ...told, check: fail(name, fault, `set ${view.variable ?? 'its key'} anew`) }
  if (!view.isReady) return { ...told, check: { name, status: 'off', found: view.reason ?? '', fix: null } }
  const origin = engines.find(({ id }) => id === view.id)?.origin ?? null
  const ready = `${describeKey(view.key)}${view.models.length} models`
  if (origin === null || isOffline) return { ...told, check: ok(name, ready) }
  const reached = await reach(origin)
  const place = new URL(origin).host
  if (reached.fault === null)
    return { ...told, aheadMs: reached.aheadMs, check: ok(name, `${ready}, ${place} answers`) }
  const fix = `check the network, a proxy, and the address of ${view.id} in the settings`
  return { ...told, check: fail(name, `${ready}, but ${place} does not answer (${reached.fault})`, fix) }
}

function describeKey(key: EngineView['key']): string {
  if (key === null) return ''
  const origin = { entered: 'entered', environment: 'from the environment', file: 'from a file' }[key.source]
  return `key ${key.ending === null ? '' : `…${key.ending} `}${origin}, `
}

type Ending = {
  catalogue: Pick<ModelCatalogue, 'list'>
  engines: readonly Pick<Engine, 'id' | 'upstreamId'>[]
  views: readonly Pick<EngineView, 'id' | 'isReady'>[]
}

/** Models that a ready engine runs under an id which its vendor ends. */
export function endingModels({ catalogue, engines, views }: Ending): Check[] {
  return catalogue.list().flatMap((model) =>
    model.engines.flatMap((id) => {
      const upstream = engines.find((engine) => engine.id === id)?.upstreamId?.(model.id) ?? null
      const retired = upstream === null ? null : findRetired(upstream)
      const isReady = views.find((view) => view.id === id)?.isReady === true
      if (retired?.engine !== id || !isReady) return []
      return [warn(`model ${model.id}`, `runs on ${retired.id} at ${id}`, describeRetired(retired))]
    }),
  )
}
