/** The operator's own order of engines, in place of the catalogue's. */
import type { Issue } from '../core/errors.ts'
import { closeNames } from '../core/close-names.ts'
import { DRAFT_ENGINE } from '../core/engine.ts'
import { describeRetired, findRetired } from '../core/retired-ids.ts'
import { HOME_ENGINES, keyVariablesOf } from './define.ts'
import type { Model } from './model.ts'

/** Engines in order, by the id of a model, by `provider/*` or by `*`; the narrowest that fits a model counts. */
export type Routes = Readonly<Record<string, readonly string[]>>

/**
 * The model with the operator's engines, as far as it has them. The draft keeps its place at the end: whether it may
 * stand in is a setting of its own.
 */
export function routeModel(model: Model, routes: Routes): Model {
  const route = routeOf(model, routes)
  if (route === null) return model
  const chosen = route.filter((engine) => model.engines.includes(engine))
  const engines = model.engines.includes(DRAFT_ENGINE) ? [...chosen, DRAFT_ENGINE] : chosen
  return { ...model, engines, keyVariables: keyVariablesOf(engines) }
}

function routeOf({ id, provider }: Model, routes: Routes): readonly string[] | null {
  const name = [id, `${provider}/*`, '*'].find((candidate) => Object.hasOwn(routes, candidate))
  return name === undefined ? null : (routes[name] ?? null)
}

/**
 * What is wrong with routes: names that nobody has, and engines that cannot serve what they are named for.
 * @param models those that have a choice of engines: not our own, and not those of engines at home
 */
export function faultsOfRoutes(models: readonly Model[], routes: Routes): Omit<Issue, 'code'>[] {
  return Object.entries(routes).flatMap(([path, engines]) => {
    const meant = models.filter((model) => [model.id, `${model.provider}/*`, '*'].includes(path))
    if (meant.length === 0) return [{ path, message: unknownModel(path, models) }]
    const serving: readonly string[] = [...meant.flatMap((model) => model.engines), ...HOME_ENGINES]
    const allowed = [...new Set(serving)].filter((id) => id !== DRAFT_ENGINE)
    const wrong = engines.filter((engine) => !allowed.includes(engine))
    const twice = engines.filter((engine, index) => engines.indexOf(engine) !== index)
    return [
      ...wrong.map((engine) => ({
        path,
        message: `found the engine "${engine.slice(0, 80)}"; allowed: ${allowed.join(', ')}`,
      })),
      ...twice.map((engine) => ({ path, message: `names the engine "${engine.slice(0, 80)}" twice` })),
    ]
  })
}

function unknownModel(name: string, models: readonly Model[]): string {
  const retired = findRetired(name)
  if (retired !== null) return describeRetired(retired)
  const known = models.flatMap(({ id, provider }) => [id, `${provider}/*`])
  const [close] = closeNames(name, [...new Set(known)], 1)
  const hint = close === undefined ? '' : `; did you mean ${close}?`
  return `is no model of the catalogue that can be routed, no "provider/*" and no "*"${hint}`
}
