/** Walks the body once: name, shape, value of each member; then what is missing. */
import { isDeepStrictEqual } from 'node:util'
import type { Field, Model } from '../../catalogue/index.ts'
import { isImageField } from '../../catalogue/index.ts'
import { closeNames } from '../../core/close-names.ts'
import type { ImageSource } from '../../core/job.ts'
import type { CompatMode } from '../types.ts'
import { checkImages } from './images.ts'
import { inMode } from './in-mode.ts'
import type { Issues } from './issues.ts'
import { shorten } from './issues.ts'
import { COUNT, resolveName } from './names.ts'
import { EXTENSION } from './options.ts'
import { toSeed } from './seed.ts'
import { reshape } from './shapes.ts'
import { checkValue } from './values.ts'

export type FieldsRequest = {
  model: Model
  mode: CompatMode
  body: Readonly<Record<string, unknown>>
  issues: Issues
}

export type ReadFields = {
  fields: Record<string, unknown>
  sources: ImageSource[]
  /** What stood under `afterimage`. */
  extension: unknown
  applied: string[]
}

/** What one member of the body came to; `name` is canonical, `path` what the caller wrote. */
type Read = { name: string; path: string; value: unknown; sources: ImageSource[] }

/** The number of results on a model that has no such field. */
const COUNT_FIELD: Field = {
  kind: 'integer',
  name: COUNT,
  min: 1,
  max: 4,
  title: 'Count',
  description: 'Number of results.',
  required: false,
  isNullable: false,
}
const MAX_NAME = 100

/** Everything that the caller set, by canonical name. Faults go to `issues`. */
export function readFields(request: FieldsRequest): ReadFields {
  const { body, issues } = request
  const result: ReadFields = { fields: {}, sources: [], extension: undefined, applied: [] }
  const seen = new Map<string, Read>()
  for (const [path, value] of Object.entries(body)) {
    const read = readMember(request, { path, value, result })
    if (read === null) continue
    const first = seen.get(read.name)
    if (first === undefined) seen.set(read.name, read)
    else if (!isSame(first, read))
      issues.add(
        path,
        'conflict',
        `is the same field as ${first.path}, but has another value; give one of them`,
      )
  }
  requireFields(request, { seen, result })
  collect(seen, result)
  return result
}

function readMember(
  request: FieldsRequest,
  { path, value, result }: { path: string; value: unknown; result: ReadFields },
): Read | null {
  const { model, mode } = request
  if (path === EXTENSION && mode !== 'strict') {
    result.extension = value
    return null
  }
  const resolved = resolveName(model, path, mode)
  if (resolved === null) return refuseName(request, path, result)
  const { name, rule } = resolved
  const field = inMode(model.fields.find((candidate) => candidate.name === name) ?? COUNT_FIELD, mode)
  if (value === null && (field.isNullable || mode !== 'strict')) {
    if (!field.isNullable) result.applied.push(`${name}=null-dropped`)
    return null
  }
  if (rule !== null) result.applied.push(rule)
  const shaped = reshape(field, value, mode)
  if (shaped.rule !== null) result.applied.push(shaped.rule)
  return isEmptyList(field, shaped.value, mode)
    ? null
    : readValue(field, { path, value: shaped.value }, request)
}

/** Clients that always send the list send it empty when they have nothing. */
function isEmptyList(field: Field, value: unknown, mode: CompatMode): boolean {
  return mode !== 'strict' && isImageField(field) && Array.isArray(value) && value.length === 0
}

function readValue(
  field: Field,
  { path, value }: { path: string; value: unknown },
  { issues }: FieldsRequest,
): Read {
  const { name } = field
  if (isImageField(field))
    return { name, path, value: undefined, sources: checkImages(field, value, { name, path, issues }) }
  const checked = checkValue(field, value, { path, issues })
  return {
    name,
    path,
    value: name === 'seed' && typeof checked === 'number' ? toSeed(checked) : checked,
    sources: [],
  }
}

function refuseName({ model, mode, issues }: FieldsRequest, path: string, result: ReadFields): null {
  const name = shorten(path, MAX_NAME)
  if (mode === 'lenient') {
    // The name itself must not reach a response header.
    if (!result.applied.includes('unknown-fields-dropped')) result.applied.push('unknown-fields-dropped')
    const message = `\`${name}\` is not a field of ${model.id} and was ignored`
    issues.warn({ code: 'unknown_field', path: name, message })
    return null
  }
  issues.add(name, 'unrecognized_key', unknownText(model, path, mode))
  return null
}

function unknownText(model: Model, path: string, mode: CompatMode): string {
  if (path === EXTENSION) return 'is refused in strict mode, which takes the fields of the document only'
  const names = model.fields.map(({ name }) => name)
  const allowed = mode === 'strict' ? names : [...names, EXTENSION]
  const [near] = closeNames(path, allowed, 1)
  const hint = near === undefined ? '' : `did you mean ${near}? `
  return `is not a field of ${model.id}; ${hint}Allowed: ${allowed.join(', ')}`
}

function isSame(a: Read, b: Read): boolean {
  const plain = ({ value, sources }: Read): unknown => [
    value,
    sources.map(({ role, value: image, strength, tag }) => ({ role, image, strength, tag })),
  ]
  return isDeepStrictEqual(plain(a), plain(b))
}

function requireFields(
  { model, mode, issues, body }: FieldsRequest,
  { seen, result }: { seen: ReadonlyMap<string, Read>; result: ReadFields },
): void {
  for (const { name, required, description } of model.fields) {
    if (required === false || seen.has(name)) continue
    // A null in strict mode was refused already.
    if (mode === 'strict' && Object.hasOwn(body, name)) continue
    if (required === 'strict' && mode !== 'strict') result.applied.push(`${name}=optional`)
    else issues.add(name, 'required', `is required: ${description.replace(/\.$/u, '')}`)
  }
}

function collect(seen: ReadonlyMap<string, Read>, { fields, sources, applied }: ReadFields): void {
  for (const { name, value, sources: images } of seen.values()) {
    sources.push(...images)
    // One result is what every request gives: on a model without the field it asks for nothing.
    const isNoOp = name === COUNT && value === 1 && applied.some((rule) => rule.endsWith(`->${COUNT}`))
    if (value !== undefined && !isNoOp) fields[name] = value
  }
}
