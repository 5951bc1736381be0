/** Which field of a model a name in the body means, by the rules of the compatibility mode. */
import type { Model } from '../../catalogue/index.ts'
import type { CompatMode } from '../types.ts'

/** The field under which the value is kept, and the rule that led there (null for the plain name). */
export type ResolvedName = { name: string; rule: string | null }

/** Fields that take a picture under the left name, in order, where a model does not declare that name itself. */
const IMAGE_NAMES: Readonly<Record<string, readonly string[]>> = {
  image_url: ['image_url', 'image_urls', 'reference_images', 'style_images'],
  image_urls: ['image_urls', 'image_url', 'reference_images', 'style_images'],
  reference_images: ['reference_images', 'image_urls', 'image_url', 'style_images'],
}

/** Names that clients use on models whose own list of aliases lacks them. */
const COMMON_ALIASES: Readonly<Record<string, string>> = {
  presetStyles: 'styles',
  imageStyleRefs: 'image_style_references',
  batchSize: 'count',
  batch_size: 'count',
  guidance_scale: 'guidance_scale_flux',
  guidance_scale_flux: 'guidance_scale',
}

/** Number of results: not a field of any Krea model today, but of older ones; `batch_size` leads here on all. */
export const COUNT = 'count'

const MAX_NAME = 64

/** Null when the model has nothing of this name. */
export function resolveName(model: Model, name: string, mode: CompatMode): ResolvedName | null {
  const declared = model.fields.find((field) => field.name === name)
  if (declared !== undefined) return { name: declared.sameAs ?? name, rule: null }
  if (mode === 'strict' || name.length > MAX_NAME) return null
  const target = findTarget(model, name)
  return target === null ? null : { name: target, rule: `${name}->${target}` }
}

function findTarget(model: Model, name: string): string | null {
  const snake = name.replace(/[A-Z]/gu, (letter) => `_${letter.toLowerCase()}`)
  const listed = model.aliases.find(({ from }) => from === name)?.to
  const common = Object.hasOwn(COMMON_ALIASES, name) ? COMMON_ALIASES[name] : undefined
  const images = Object.hasOwn(IMAGE_NAMES, snake) ? (IMAGE_NAMES[snake] ?? []) : []
  const candidates = [listed, common, snake, ...images].filter((candidate) => candidate !== undefined)
  const found = candidates.find((candidate) => model.fields.some((field) => field.name === candidate))
  return found ?? (common === COUNT ? COUNT : null)
}
