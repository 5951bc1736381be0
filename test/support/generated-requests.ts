/** Requests made from an OpenAPI document, right and wrong, the same for the same seed. */
import { createPngBomb } from './png.ts'

type Random = (below: number) => number

/** A picture as a data URI. */
export const PICTURE = `data:image/png;base64,${createPngBomb(8, 'rgb8').toString('base64')}`

export type Json = Readonly<Record<string, unknown>>
type Schema = Readonly<{
  type?: string
  enum?: readonly unknown[]
  format?: string
  minimum?: number
  maximum?: number
  minLength?: number
  maxLength?: number
  maxItems?: number
  items?: Schema
  properties?: Readonly<Record<string, Schema>>
  required?: readonly string[]
}>
type Parameter = Readonly<{ in: string; name: string; schema: Schema }>
type Operation = Readonly<{
  parameters?: readonly Parameter[]
  requestBody?: { content: Readonly<Record<string, { schema: Schema }>> }
  responses: Readonly<Record<string, Json>>
}>
/** One operation of the document. */
export type Target = { path: string; method: string; operation: Operation; parameters: readonly Parameter[] }
export type Sent = { path: string; method: string; headers: Record<string, string>; json: unknown }

/** Every operation that answers with JSON. */
export function listTargets(document: Json): readonly Target[] {
  return Object.entries(document['paths'] as Record<string, Record<string, Operation>>).flatMap(
    ([path, item]) =>
      Object.entries(item)
        .filter(([method]) => method !== 'parameters')
        // An event stream and an open sink are no JSON; they have tests of their own.
        .filter(() => !/\/events$|\/sink/u.test(path))
        .map(([method, operation]) => ({
          path,
          method,
          operation,
          parameters: [
            ...((item['parameters'] ?? []) as unknown as readonly Parameter[]),
            ...(operation.parameters ?? []),
          ],
        })),
  )
}

function pick<Item>(random: Random, items: readonly Item[]): Item {
  return items[random(items.length)] as Item
}

const HOSTILE_TEXT = [
  '',
  ' ',
  '\u0000',
  '\u202e\ufeff\ud83d\ude00',
  '\ud800',
  'x'.repeat(5000),
  'a'.repeat(300_000),
  '../../etc/passwd',
  '%00%2e%2e',
  "'; DROP TABLE jobs; --",
  '${7*7}{{7*7}}<script>',
  'constructor',
  '__proto__',
  '\r\nX-Evil: 1',
  '(a+)+$'.repeat(50),
] as const
const HOSTILE_NUMBERS = [
  0,
  -1,
  -0,
  0.5,
  1e308,
  -1e308,
  2 ** 31,
  2 ** 53,
  2 ** 64,
  5e-324,
  16_384,
  16_385,
] as const

/** Of any type, whatever the schema wants. */
function hostile(random: Random): unknown {
  return pick<() => unknown>(random, [
    () => pick(random, HOSTILE_TEXT),
    () => pick(random, HOSTILE_NUMBERS),
    () => null,
    () => random(2) === 0,
    () => [],
    () => ({}),
    () => Array.from({ length: 1000 }, () => 'x'),
    () => nested(random, random(60)),
    () => JSON.parse('{"__proto__":{"isAdmin":true}}') as unknown,
    () => ({ constructor: { prototype: { isAdmin: true } }, toString: 1, hasOwnProperty: 1 }),
    () => ({ url: pick(random, HOSTILE_TEXT), strength: pick(random, HOSTILE_NUMBERS), tag: null }),
  ])()
}

function nested(random: Random, depth: number): unknown {
  return depth === 0 ? 1 : random(2) === 0 ? [nested(random, depth - 1)] : { a: nested(random, depth - 1) }
}

/** Inside the schema, mostly at its edges. */
function valid(random: Random, name: string, schema: Schema): unknown {
  const { type, minimum = 0, maximum = 100 } = schema
  if (schema.enum !== undefined) return pick(random, schema.enum)
  if (type === 'number' || type === 'integer')
    return pick(random, [minimum, maximum, Math.floor((minimum + maximum) / 2)])
  if (type === 'boolean') return random(2) === 0
  if (type === 'array')
    return Array.from({ length: Math.min(schema.maxItems ?? 2, 1 + random(2)) }, () =>
      valid(random, name, schema.items ?? {}),
    )
  if (type === 'object' || schema.properties !== undefined) return record(random, schema, 0)
  if (/image|url|mask/iu.test(name)) return PICTURE
  return 'x'.repeat(
    pick(random, [Math.max(1, schema.minLength ?? 1), Math.min(5000, schema.maxLength ?? 12)]),
  )
}

/** @param percent how likely each member is hostile */
function record(random: Random, schema: Schema, percent: number): Json {
  const members = Object.entries(schema.properties ?? {})
    .filter(([name]) => (schema.required ?? []).includes(name) || random(4) === 0)
    .map(
      ([name, member]) =>
        [name, random(100) < percent ? hostile(random) : valid(random, name, member)] as const,
    )
  return Object.fromEntries(members)
}

function bodyOf(random: Random, { operation }: Target): unknown {
  const schema = operation.requestBody?.content['application/json']?.schema
  if (schema === undefined) return random(4) === 0 ? hostile(random) : undefined
  const kind = random(10)
  if (kind === 0) return hostile(random)
  const body = record(random, schema, kind < 4 ? 0 : 20)
  return kind === 9 ? { ...body, [pick(random, HOSTILE_TEXT).slice(0, 100) || 'x']: hostile(random) } : body
}

function parameterOf(random: Random, { name, schema }: Parameter): string {
  const value =
    random(2) === 0 ? valid(random, name, schema) : pick(random, [...HOSTILE_TEXT, ...HOSTILE_NUMBERS])
  // A waiting request is tested elsewhere and would only make this test long.
  return name === 'wait' ? pick(random, ['0', '-1', 'x', '1e9']) : String(value).slice(0, 2000)
}

/** A lone surrogate has no percent-encoding. */
function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed())
}

/** One request of the operation: right, wrong or hostile. @param ids of things that are there */
export function requestFor(random: Random, target: Target, ids: readonly string[]): Sent {
  const id = (): string =>
    random(3) === 0 ? pick(random, ids) : random(3) === 0 ? crypto.randomUUID() : pick(random, HOSTILE_TEXT)
  // An empty segment makes another path, perhaps one of the document with other methods.
  const path = target.path.replaceAll(/\{\w+\}/gu, () => encode(id().slice(0, 500)) || '-')
  const chosen = target.parameters.filter((parameter) => parameter.in !== 'path' && random(3) === 0)
  const query = chosen.filter((parameter) => parameter.in === 'query')
  const headers = chosen
    .filter((parameter) => parameter.in === 'header')
    // What HTTP itself forbids in a header never leaves the client.
    .map(
      (parameter) =>
        [parameter.name, parameterOf(random, parameter).replaceAll(/[^\x20-\x7e]/gu, '?')] as const,
    )
  const search = query
    .map((parameter) => `${parameter.name}=${encode(parameterOf(random, parameter))}`)
    .join('&')
  return {
    path: search === '' ? path : `${path}?${search}`,
    method: target.method.toUpperCase(),
    headers: Object.fromEntries(headers),
    json: target.method === 'get' ? undefined : bodyOf(random, target),
  }
}
