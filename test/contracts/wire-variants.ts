/** From the JSON Schema of a model's request: for each of its fields, requests that differ in that field only. */
import type { Model } from '../../src/catalogue/index.ts'
import { isImageField } from '../../src/catalogue/index.ts'
import { inputSchema } from '../../src/wire/schema.ts'

export type Schema = Readonly<Record<string, unknown>>
export type Body = Readonly<Record<string, unknown>>

export type FieldVariants = {
  /** `afterimage.size`, `style_images[].strength`. */
  path: string
  /** The value of the root field in each request; they differ in `path` and nothing else. */
  values: readonly unknown[]
}

/** Texts are names of pictures, so that one schema walk serves words and images alike. */
const PICTURES = ['cat.png', 'dog.jpeg'] as const
/** PNG files with transparency, each as large as `cat.png`. */
const MASKS = ['left.png', 'right.png'] as const
const TAGS = ['rug', 'vase'] as const
const SIZES = ['1024x1024', '1536x1024', { width: 1024, height: 1536 }] as const
/** For numbers without limits. */
const OPEN = { integer: [3, 7], number: [0.25, 2, 7] } as const

/** The least that a model asks for, and a picture where it takes one. */
export function plainBody(model: Model): Body {
  const { properties, required } = inputSchema(model, 'aliases') as {
    properties: Readonly<Record<string, Schema>>
    required: readonly string[]
  }
  const source = model.fields.find(isImageField)
  const names = source === undefined ? required : [...required, source.name]
  return Object.fromEntries(names.map((name) => [name, valuesOf(properties[name] ?? {})[0]]))
}

/** One entry for the root field and one for each member below it. */
export function variantsOf(name: string, schema: Schema): FieldVariants[] {
  return [{ path: name, values: valuesOf(schema) }, ...membersOf(name, schema)].filter(
    ({ values }) => values.length > 1,
  )
}

/** Different values that the schema accepts; several wherever there are several. */
export function valuesOf(schema: Schema): readonly unknown[] {
  const choices = schema['enum']
  // Both words mean one format.
  if (Array.isArray(choices))
    return choices.filter((value) => value !== null && !(value === 'jpg' && choices.includes('jpeg')))
  if (Array.isArray(schema['anyOf'])) return SIZES
  switch (typeOf(schema)) {
    case 'boolean':
      return [true, false]
    case 'integer':
    case 'number':
      return numbersOf(schema)
    case 'array':
      return listsOf(schema)
    case 'object':
      return [plainObject(schema)]
    default:
      return schema['pattern'] === undefined ? PICTURES : TAGS
  }
}

function typeOf({ type }: Schema): unknown {
  return Array.isArray(type) ? type.find((name) => name !== 'null') : type
}

/** Both ends, and values between that are no ends of another range inside. */
function numbersOf(schema: Schema): number[] {
  const isWhole = typeOf(schema) === 'integer'
  const open = isWhole ? OPEN.integer : OPEN.number
  const { minimum, maximum } = schema as { minimum?: number; maximum?: number }
  const round = (value: number): number => (isWhole || (maximum ?? 0) > 100 ? Math.round(value) : value)
  if (minimum === undefined) return [...open]
  if (maximum === undefined) return [minimum, minimum + 1, minimum + 3]
  const inner = [0.3, 0.62].map((part) => round(minimum + (maximum - minimum) * part))
  // 4096 px and their like would make the emulators paint needlessly large pictures.
  const isSize = maximum >= 1440
  return [...new Set(isSize ? [Math.max(minimum, 640), 1024, 1280] : [minimum, ...inner, maximum])]
}

function listsOf(schema: Schema): unknown[] {
  const item = schema['items'] as Schema
  const values = typeOf(item) === 'object' ? [plainObject(item)] : valuesOf(item)
  const lists = [...values.map((value) => [value]), ...(values.length > 1 ? [values] : [])]
  return lists.filter((list) => list.length <= Number(schema['maxItems'] ?? Infinity))
}

/** Each member with its first value. */
function plainObject(schema: Schema): Body {
  return Object.fromEntries(
    Object.entries(schema['properties'] as Record<string, Schema>).flatMap(([name, member]) =>
      valuesOf(member)
        .slice(0, 1)
        .map((value) => [name, value]),
    ),
  )
}

function membersOf(name: string, schema: Schema): FieldVariants[] {
  const item = typeOf(schema) === 'array' ? (schema['items'] as Schema) : schema
  if (typeOf(item) !== 'object') return []
  const isList = item !== schema
  const wrap = (value: Body): unknown => (isList ? [value] : value)
  const plain = isList ? plainObject(item) : {}
  return Object.entries(item['properties'] as Record<string, Schema>).map(([member, memberSchema]) => ({
    path: `${name}${isList ? '[]' : ''}.${member}`,
    values: (member === 'mask_url' ? MASKS : valuesOf(memberSchema)).map((value) =>
      wrap({ ...plain, [member]: value }),
    ),
  }))
}
