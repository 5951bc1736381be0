/** Brings the shapes that clients send to the shape that a field declares. Never used in strict mode. */
import type { Field } from '../../catalogue/index.ts'
import type { CompatMode } from '../types.ts'
import { isRecord } from './record.ts'

export type Reshaped = { value: unknown; rule: string | null }

/** An explicit weight of 1 is what a picture or a style without one means. */
const FULL_STRENGTH = 1
const NUMERIC = /^\s*[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?\s*$/iu
const MAX_NUMERIC = 40

/** The value in the field's own shape where a rule knows how; else the value as it is, for validation to refuse. */
export function reshape(field: Field, value: unknown, mode: CompatMode): Reshaped {
  if (mode === 'strict') return { value, rule: null }
  const { kind, name } = field
  if (kind === 'image') return single(field, value)
  if (kind === 'images' && typeof value === 'string') return { value: [value], rule: `${name}=list` }
  if (kind === 'weighted_images') return listOf(field, value, (item) => weighted('url', item))
  if (kind === 'styles') return listOf(field, value, (item) => weighted('id', item))
  if (kind === 'tagged_images') return listOf(field, value, tagger(value))
  const isNumber = kind === 'number' || kind === 'integer'
  return isNumber && mode === 'lenient' ? numeric(field, value) : { value, rule: null }
}

/** Several pictures stay a list, which validation refuses with the limit. */
function single(field: Field, value: unknown): Reshaped {
  return Array.isArray(value) && value.length === 1
    ? { value: value[0], rule: `${field.name}=single` }
    : { value, rule: null }
}

function listOf(
  field: Field & { maxItems: number },
  value: unknown,
  convert: (item: unknown) => unknown,
): Reshaped {
  const list = typeof value === 'string' || isRecord(value) ? [value] : value
  // What is too long is refused anyway, so nothing is made of it.
  if (!Array.isArray(list) || list.length > field.maxItems) return { value: list, rule: null }
  const converted = list.map(convert)
  const isChanged = list !== value || converted.some((item, index) => item !== list[index])
  return { value: converted, rule: isChanged ? `${field.name}=objects` : null }
}

function weighted(key: 'url' | 'id', item: unknown): unknown {
  if (typeof item === 'string') return { [key]: item, strength: FULL_STRENGTH }
  if (!isRecord(item)) return item
  const isMissing = !Object.hasOwn(item, 'strength') || item['strength'] === null
  return isMissing ? { ...item, strength: FULL_STRENGTH } : item
}

/** Gives `image1`, `image2` … to pictures without a tag, past those that are taken. */
function tagger(value: unknown): (item: unknown) => unknown {
  const items: unknown[] = Array.isArray(value) ? value.slice(0, 100) : [value]
  const taken = new Set(items.map((item) => (isRecord(item) ? item['tag'] : undefined)))
  let number = 0
  const next = (): string => {
    do number += 1
    while (taken.has(`image${number}`))
    return `image${number}`
  }
  return (item) => {
    if (typeof item === 'string') return { url: item, tag: next() }
    if (!isRecord(item)) return item
    const isMissing = !Object.hasOwn(item, 'tag') || item['tag'] === null
    return isMissing ? { ...item, tag: next() } : item
  }
}

function numeric(field: Field, value: unknown): Reshaped {
  const isNumeric = typeof value === 'string' && value.length <= MAX_NUMERIC && NUMERIC.test(value)
  return isNumeric ? { value: Number(value), rule: `${field.name}=number` } : { value, rule: null }
}
