/** Where a model takes its pictures: one field, a list, or a list with weights or tags. */
import { typeOf } from '../server/models.ts'
import type { JsonSchema } from '../server/models.ts'

export type ImageField = {
  name: string
  shape: 'one' | 'list' | 'weighted' | 'tagged'
  /** How many pictures the field takes. */
  limit: number
}

const DEFAULT_LIST_LIMIT = 16
/** In the order in which they are looked for; the first one that the model has takes the picture to work on. */
const SOURCE_FIELDS = [
  'image_urls',
  'image_url',
  'reference_images',
  'style_images',
  'image_style_references',
]
const STYLE_FIELDS = ['style_images', 'image_style_references']
/** Filled by the page from pictures, never shown as a control. */
export const IMAGE_FIELD_NAMES = new Set([
  ...SOURCE_FIELDS,
  'character_reference_images',
  'scene_image_url',
  'reference_uri',
])

/** The field for the picture to work on; null for a model that works from words alone. */
export function sourceField(schema: JsonSchema): ImageField | null {
  return firstField(schema, SOURCE_FIELDS)
}

/** The field for further pictures when the source takes only one; null when there is none. */
export function styleField(schema: JsonSchema): ImageField | null {
  const source = sourceField(schema)
  return source?.shape === 'one' ? firstField(schema, STYLE_FIELDS) : null
}

/** How many pictures a request may hold. */
export function imageLimit(schema: JsonSchema): number {
  return (sourceField(schema)?.limit ?? 0) + (styleField(schema)?.limit ?? 0)
}

function firstField(schema: JsonSchema, names: readonly string[]): ImageField | null {
  for (const name of names) {
    const property = schema.properties?.[name]
    if (property === undefined || property.deprecated === true) continue
    if (typeOf(property) === 'string') return { name, shape: 'one', limit: 1 }
    const members = property.items?.properties ?? {}
    const shape = 'strength' in members ? 'weighted' : 'tag' in members ? 'tagged' : 'list'
    return { name, shape, limit: property.maxItems ?? DEFAULT_LIST_LIMIT }
  }
  return null
}

/** Full weight for the picture to work on; half for one that only lends its style. */
const SOURCE_WEIGHT = 1
const STYLE_WEIGHT = 0.5

/** The request's members for these pictures, in their order. */
export function imageMembers(schema: JsonSchema, urls: readonly string[]): Record<string, unknown> {
  const source = sourceField(schema)
  if (source === null || urls.length === 0) return {}
  const style = styleField(schema)
  const own = urls.slice(0, source.limit)
  const rest = style === null ? [] : urls.slice(source.limit, source.limit + style.limit)
  return {
    [source.name]: valueOf(source, own, SOURCE_WEIGHT),
    ...(style === null || rest.length === 0 ? {} : { [style.name]: valueOf(style, rest, STYLE_WEIGHT) }),
  }
}

function valueOf({ shape }: ImageField, urls: readonly string[], strength: number): unknown {
  if (shape === 'one') return urls[0]
  if (shape === 'list') return urls
  return urls.map((url, at) => (shape === 'weighted' ? { url, strength } : { url, tag: `image${at + 1}` }))
}
