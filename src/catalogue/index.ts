/** The models, as data. Prices, limits, names and the engines that can serve a model are written here and nowhere else. */
import type { Catalogue } from '../core/ports.ts'
import { AFTERIMAGE } from './afterimage.ts'
import { BFL } from './bfl.ts'
import { BYTEDANCE } from './bytedance.ts'
import { GOOGLE } from './google.ts'
import { IDEOGRAM } from './ideogram.ts'
import { KREA } from './krea.ts'
import { LUMA } from './luma.ts'
import { META } from './meta.ts'
import type { Model } from './model.ts'
import { OPENAI } from './openai.ts'
import { QWEN } from './qwen.ts'
import { RUNWAY } from './runway.ts'
import { TOPAZ } from './topaz.ts'
import { XAI } from './xai.ts'
import { Z_IMAGE } from './z-image.ts'

export { COMPUTE_UNIT_USD, usdOf } from './price.ts'
export type { Field, ImageField } from './field.ts'
export { isImageField } from './field.ts'
export type { Model } from './model.ts'

export type ModelCatalogue = Catalogue & {
  /** Every model that can be called, ours first. Models after their sunset are not listed. */
  list: () => readonly Model[]
  /** By the whole path (`/generate/image/google/nano-banana-pro`); also a model after its sunset. */
  findByPath: (path: string) => Model | null
  /** By id (`google/nano-banana-pro`); also a model after its sunset, which `parseGenerate` answers with 410. */
  findModel: (id: string) => Model | null
}

/** All models of this version, looked up by id or path. */
export function createCatalogue(): ModelCatalogue {
  const models = [
    ...AFTERIMAGE,
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
  const listed = models.filter(({ retirement }) => retirement === null)
  const byId = new Map(models.map((model) => [model.id, model]))
  const byPath = new Map(models.map((model) => [model.path, model]))
  return {
    list: () => listed,
    find: (id) => byId.get(id) ?? null,
    findModel: (id) => byId.get(id) ?? null,
    findByPath: (path) => byPath.get(path) ?? null,
  }
}
