/**
 * Checks image fields and lists what they name. The strings themselves may be 100 MB of base64: nothing here looks
 * at more of them than whether they are empty.
 */
import type { Field, ImageField } from '../../catalogue/index.ts'
import type { ImageSource } from '../../core/job.ts'
import type { Issues } from './issues.ts'
import { describe } from './issues.ts'
import { isRecord, own } from './record.ts'
import { checkList, checkWeight, warnOfOthers, wrongType } from './values.ts'

/** `name` is the field's own, for `ImageSource.path`; `path` is what the caller wrote, for issues. */
type Context = { name: string; path: string; issues: Issues }
type Of<K extends Field['kind']> = Extract<Field, { kind: K }>

const EXPECTED = 'an image: an http(s) URL, a data URI or base64'
const MIN_STRENGTH = -2
const MAX_STRENGTH = 2
const MAX_TAG = 16
const TAG = /^[a-z][a-z0-9_]{2,15}$/u

export function checkImages(field: ImageField, value: unknown, context: Context): ImageSource[] {
  if (field.kind === 'image') return checkSingle(field, value, context)
  const list = checkList(field, value, context) ?? []
  return list.flatMap((item, index) => {
    const at = {
      name: `${context.name}[${index}]`,
      path: `${context.path}[${index}]`,
      issues: context.issues,
    }
    if (field.kind === 'images') return toSource(field, item, at)
    return field.kind === 'weighted_images' ? checkWeighted(field, item, at) : checkTagged(field, item, at)
  })
}

function checkSingle(field: Of<'image'>, value: unknown, context: Context): ImageSource[] {
  if (!Array.isArray(value)) return toSource(field, value, context)
  const { path, issues } = context
  issues.add(
    path,
    value.length > 1 ? 'too_many' : 'invalid_type',
    `${describe(value)}; this model takes one image`,
  )
  return []
}

function toSource(
  field: Pick<ImageField, 'role'>,
  value: unknown,
  { name, path, issues }: Context,
): ImageSource[] {
  if (typeof value === 'string' && value !== '')
    return [{ role: field.role, path: name, value, strength: null, tag: null }]
  // The text is not quoted: it may be long, and an address may hold a secret.
  if (value === undefined) issues.add(path, 'required', `is required: ${EXPECTED}`)
  else if (value === '') issues.add(path, 'invalid_value', `found an empty string; expected ${EXPECTED}`)
  else wrongType({ path, issues }, EXPECTED, value)
  return []
}

function checkWeighted(field: Of<'weighted_images'>, item: unknown, context: Context): ImageSource[] {
  const { issues } = context
  if (!isRecord(item)) {
    wrongType(context, 'an object {url, strength}', item)
    return []
  }
  warnOfOthers(item, ['url', 'strength'], context)
  const strength = checkWeight(MIN_STRENGTH, MAX_STRENGTH, {
    value: own(item, 'strength'),
    path: `${context.path}.strength`,
    issues,
  })
  return checkUrl(field, item, context).map((source) => ({ ...source, strength: strength ?? null }))
}

function checkTagged(field: Of<'tagged_images'>, item: unknown, context: Context): ImageSource[] {
  const { path, issues } = context
  if (!isRecord(item)) {
    wrongType(context, 'an object {url, tag}', item)
    return []
  }
  warnOfOthers(item, ['url', 'tag'], context)
  const tag = own(item, 'tag')
  const isTag = typeof tag === 'string' && tag.length <= MAX_TAG && TAG.test(tag)
  if (!isTag)
    issues.add(
      `${path}.tag`,
      tag === undefined ? 'required' : 'invalid_value',
      `${describe(tag)}; expected 3 to ${MAX_TAG} of a-z, 0-9 and _, beginning with a letter`,
    )
  return checkUrl(field, item, context).map((source) => ({ ...source, tag: isTag ? tag : null }))
}

function checkUrl(
  field: ImageField,
  item: Readonly<Record<string, unknown>>,
  context: Context,
): ImageSource[] {
  const { name, path, issues } = context
  return toSource(field, own(item, 'url'), { name: `${name}.url`, path: `${path}.url`, issues })
}
