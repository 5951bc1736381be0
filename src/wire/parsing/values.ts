/** Checks plain values: text, numbers, words, switches, styles. Image fields have their own file. */
import type { Field } from '../../catalogue/index.ts'
import type { Issues } from './issues.ts'
import { describe, shorten } from './issues.ts'
import { isRecord, own } from './record.ts'

type Kind = Field['kind']
export type PlainField = Extract<
  Field,
  { kind: 'text' | 'number' | 'integer' | 'boolean' | 'enum' | 'styles' | 'moodboards' }
>
type Of<K extends Kind> = Extract<Field, { kind: K }>
type Context = { path: string; issues: Issues }

/** Ids are UUIDs or short names. */
const MAX_ID = 200
/** Enough to see what is wrong; an object may have a million members. */
const MAX_OTHERS = 20

/** The value as it is kept, or undefined after an issue was added. */
export function checkValue(field: PlainField, value: unknown, context: Context): unknown {
  const { kind } = field
  if (kind === 'text') return checkText(field, value, context)
  if (kind === 'number' || kind === 'integer') return checkNumber(field, value, context)
  if (kind === 'enum') return checkChoice(field.values, value, context)
  if (kind === 'styles' || kind === 'moodboards') return checkStyles(field, value, context)
  return typeof value === 'boolean' ? value : wrongType(context, 'true or false', value)
}

export function wrongType({ path, issues }: Context, expected: string, value: unknown): undefined {
  return issues.add(path, 'invalid_type', `${describe(value)}; expected ${expected}`)
}

function checkText(
  { minLength, maxLength }: Of<'text'>,
  value: unknown,
  context: Context,
): string | undefined {
  if (typeof value !== 'string') return wrongType(context, 'text', value)
  const { path, issues } = context
  const length = countCharacters(value, maxLength)
  const allowed = `from ${minLength} to ${maxLength} are allowed`
  if (length > maxLength) return issues.add(path, 'too_long', `found ${length} characters; ${allowed}`)
  if (length < minLength) return issues.add(path, 'too_short', `found ${length} characters; ${allowed}`)
  return value
}

/** Characters as people count them, looked at only where the cheap count leaves it open whether they fit. */
function countCharacters(text: string, max: number): number {
  return text.length > max && text.length <= 2 * max ? Array.from(text).length : text.length
}

/** @param kind decides whether fractions are allowed; `null` limits are open */
export function checkNumber(
  { kind, min, max }: Pick<Of<'number' | 'integer'>, 'kind' | 'min' | 'max'>,
  value: unknown,
  context: Context,
): number | undefined {
  const noun = kind === 'integer' ? 'a whole number' : 'a number'
  const expected = `${noun}${rangeText(min, max)}`
  if (typeof value !== 'number' || !Number.isFinite(value)) return wrongType(context, expected, value)
  if (kind === 'integer' && !Number.isInteger(value)) return wrongType(context, expected, value)
  const { path, issues } = context
  if (min !== null && value < min)
    return issues.add(path, 'too_small', `found ${value}; expected ${expected}`)
  if (max !== null && value > max) return issues.add(path, 'too_big', `found ${value}; expected ${expected}`)
  return value
}

function rangeText(min: number | null, max: number | null): string {
  if (min !== null && max !== null) return ` from ${min} to ${max}`
  if (min !== null) return ` of at least ${min}`
  return max === null ? '' : ` of at most ${max}`
}

export function checkChoice(values: readonly string[], value: unknown, context: Context): string | undefined {
  const allowed = `one of ${values.join(', ')}`
  if (typeof value !== 'string') return wrongType(context, allowed, value)
  if (values.includes(value)) return value
  return context.issues.add(
    context.path,
    'invalid_value',
    `${describe(value)}; allowed: ${values.join(', ')}`,
  )
}

function checkStyles(field: Of<'styles' | 'moodboards'>, value: unknown, context: Context): unknown {
  const list = checkList({ minItems: 0, maxItems: field.maxItems }, value, context)
  const { path, issues } = context
  return list?.flatMap((item, index) => checkStyle(field, item, { path: `${path}[${index}]`, issues }) ?? [])
}

function checkStyle(field: Of<'styles' | 'moodboards'>, item: unknown, context: Context): object | undefined {
  if (!isRecord(item)) return wrongType(context, 'an object {id, strength}', item)
  const { path, issues } = context
  warnOfOthers(item, ['id', 'strength'], context)
  const id = own(item, 'id')
  const isId = typeof id === 'string' && id !== '' && id.length <= MAX_ID
  if (!isId)
    issues.add(`${path}.id`, id === undefined ? 'required' : 'invalid_value', 'expected the id of a style')
  const strength = checkStrength(field, own(item, 'strength'), { path: `${path}.strength`, issues })
  return strength === undefined ? { id } : { id, strength }
}

/** Mood boards have a default weight upstream; styles must say theirs. */
function checkStrength(
  field: Of<'styles' | 'moodboards'>,
  value: unknown,
  context: Context,
): number | undefined {
  if (value === undefined && field.kind === 'moodboards') return undefined
  const [min, max] = field.strength
  return checkWeight(min, max, { value, ...context })
}

/** A weight that must be there. */
export function checkWeight(
  min: number,
  max: number,
  { value, ...context }: Context & { value: unknown },
): number | undefined {
  if (value !== undefined) return checkNumber({ kind: 'number', min, max }, value, context)
  return context.issues.add(context.path, 'required', `is required: a number from ${min} to ${max}`)
}

/** A list within its limits. Items past the limit are not looked at. */
export function checkList(
  { minItems, maxItems }: { minItems: number; maxItems: number },
  value: unknown,
  context: Context,
): readonly unknown[] | undefined {
  if (!Array.isArray(value)) return wrongType(context, 'a list', value)
  const { path, issues } = context
  const allowed = minItems === 0 ? `at most ${maxItems}` : `${minItems} to ${maxItems}`
  if (value.length > maxItems)
    return issues.add(path, 'too_many', `found ${value.length}; ${allowed} are allowed`)
  if (value.length < minItems)
    return issues.add(path, 'too_few', `found ${value.length}; ${allowed} are needed`)
  return value
}

/** The document leaves the objects in lists open: what else they hold is ignored, but not in silence. */
export function warnOfOthers(
  record: Readonly<Record<string, unknown>>,
  known: readonly string[],
  { path, issues }: Context,
): void {
  for (const name of otherMembers(record, known)) {
    const message = `\`${name}\` is not known here and was ignored; known: ${known.join(', ')}`
    issues.warn({ code: 'unknown_field', path: `${path}.${name}`, message })
  }
}

/** The first names of members that an object has beside the known ones, shortened for messages. */
export function otherMembers(record: Readonly<Record<string, unknown>>, known: readonly string[]): string[] {
  return Object.keys(record)
    .filter((name) => !known.includes(name))
    .slice(0, MAX_OTHERS)
    .map((name) => shorten(name, MAX_ID))
}
