/** The models, as data. Prices, limits, names and the engines that can serve a model are written here and nowhere else. */
import type { Catalogue } from '../core/ports.ts'
import { AFTERIMAGE } from './afterimage.ts'
import { BFL } from './bfl.ts'
import { BYTEDANCE } from './bytedance.ts'
import { withEngines, withFirst } from './define.ts'
import { GOOGLE } from './google.ts'
import { IDEOGRAM } from './ideogram.ts'
import { KREA } from './krea.ts'
import { LUMA } from './luma.ts'
import { META } from './meta.ts'
import type { Model } from './model.ts'
import { OPENAI } from './openai.ts'
import { QWEN } from './qwen.ts'
import type { Routes } from './routes.ts'
import { faultsOfRoutes, routeModel } from './routes.ts'
import { RUNWAY } from './runway.ts'
import { TOPAZ } from './topaz.ts'
import { XAI } from './xai.ts'
import { Z_IMAGE } from './z-image.ts'

export { COMPUTE_UNIT_USD, usdOf } from './price.ts'
export type { Field, ImageField } from './field.ts'
export { isImageField } from './field.ts'
export type { EngineId } from './define.ts'
export { withEngines } from './define.ts'
export type { HomeField } from './home.ts'
export { defineHomeModel } from './home.ts'
export type { Model } from './model.ts'
export { askedOperations } from './operations.ts'
export type { Routes } from './routes.ts'

export type ModelCatalogue = Catalogue & {
  /** Every model that can be called: ours, those of engines at home, then the vendors'. Models after their sunset are not listed. */
  list: () => readonly Model[]
  /** Models after their sunset. */
  retired: () => readonly Model[]
  /** By the whole path (`/generate/image/google/nano-banana-pro`); also a model after its sunset. */
  findByPath: (path: string) => Model | null
  /** By id (`google/nano-banana-pro`); also a model after its sunset, which `parseGenerate` answers with 410. */
  findModel: (id: string) => Model | null
}

/** What the engines at home add: models of their own, and engines for models that are there anyway. */
export type HomeModels = {
  own: readonly Model[]
  /** By model id. */
  engines: Readonly<Record<string, readonly string[]>>
}

/** `routes`: checked by `checkRoutes`, and the last word. `preferred`: engines that go before the catalogue's first. */
export type EngineOrder = { routes?: Routes | null; preferred?: readonly string[] }

const VENDORS: readonly Model[] = [
  ...BFL,
  ...BYTEDANCE,
  ...GOOGLE,
  ...IDEOGRAM,
  ...KREA,
  ...LUMA,
  ...META,
  ...OPENAI,
  ...QWEN,
  ...RUNWAY,
  ...TOPAZ,
  ...XAI,
  ...Z_IMAGE,
]

const NOTHING: HomeModels = { own: [], engines: {} }

/** Faults of the operator's routes, each with the name that it is about. */
export function checkRoutes(routes: Routes): ReturnType<typeof faultsOfRoutes> {
  return faultsOfRoutes(VENDORS, routes)
}

/**
 * All models of this version, looked up by id or path.
 * @param home asked at each look-up; a new object means that something changed
 * @param order the operator's order of engines
 */
export function createCatalogue(
  home: () => HomeModels = () => NOTHING,
  { routes, preferred = [] }: EngineOrder = {},
): ModelCatalogue {
  let known = NOTHING
  const routed = (model: Model): Model => routeModel(withFirst(model, preferred), routes ?? {})
  let index = indexOf([...AFTERIMAGE, ...VENDORS.map(routed)])
  const current = (): Index => {
    const now = home()
    if (now !== known) {
      const served = (model: Model): Model => routed(withEngines(model, enginesFor(now, model.id)))
      index = indexOf([...AFTERIMAGE, ...now.own, ...VENDORS.map(served)])
      known = now
    }
    return index
  }
  const findModel = (id: string): Model | null => current().byId.get(id) ?? null
  return {
    list: () => current().listed,
    retired: () => current().retired,
    find: findModel,
    findModel,
    findByPath: (path) => current().byPath.get(path) ?? null,
  }
}

type Index = {
  listed: readonly Model[]
  retired: readonly Model[]
  byId: ReadonlyMap<string, Model>
  byPath: ReadonlyMap<string, Model>
}

function indexOf(models: readonly Model[]): Index {
  return {
    listed: models.filter(({ retirement }) => retirement === null),
    retired: models.filter(({ retirement }) => retirement !== null),
    byId: new Map(models.map((model) => [model.id, model])),
    byPath: new Map(models.map((model) => [model.path, model])),
  }
}

function enginesFor({ engines }: HomeModels, id: string): readonly string[] {
  return Object.hasOwn(engines, id) ? (engines[id] ?? []) : []
}
