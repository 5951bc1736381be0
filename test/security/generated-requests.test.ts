/** Requests made from our own OpenAPI document, right and wrong: no 5xx, and every answer is what the document says. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import type { TestAnswer, TestApp } from '../support/app.ts'
import { startTestApp } from '../support/app.ts'
import { createRandom } from '../support/mutants.ts'
import { createPngBomb } from '../support/png.ts'
import { share, startProof } from '../support/proof.ts'

const SEED = Number(process.env['AFTERIMAGE_TEST_SEED'] ?? 20_261_125)
const REQUESTS = share(10_000, 100_000, 3000)
/** The catalogue's own reasons to say that it cannot. */
const DOCUMENTED_5XX = new Set([501, 503, 507])
const PICTURE = `data:image/png;base64,${createPngBomb(8, 'rgb8').toString('base64')}`

type Json = Readonly<Record<string, unknown>>
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
type Target = { path: string; method: string; operation: Operation; parameters: readonly Parameter[] }
type Sent = { path: string; method: string; headers: Record<string, string>; json: unknown }

const random = createRandom(SEED)
const ajv = new Ajv2020({ strict: false, allErrors: false })
addFormats.default(ajv)
let app: TestApp
let targets: readonly Target[] = []
let ids: readonly string[] = []

before(async () => {
  app = await startTestApp()
  const { body } = await app.call('/openapi.json')
  ajv.addSchema({ $id: 'openapi', ...body })
  targets = Object.entries(body['paths'] as Record<string, Record<string, Operation>>).flatMap(
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
  const asset = await app.upload()
  const job = await app.call('/generate/image/afterimage/edit', {
    json: { image_url: PICTURE, prompt: 'warmer' },
  })
  ids = [asset['id'], job.body['job_id']].map(String)
})
after(() => app.stop())

function pick<Item>(items: readonly Item[]): Item {
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
function hostile(): unknown {
  return pick<() => unknown>([
    () => pick(HOSTILE_TEXT),
    () => pick(HOSTILE_NUMBERS),
    () => null,
    () => random(2) === 0,
    () => [],
    () => ({}),
    () => Array.from({ length: 1000 }, () => 'x'),
    () => nested(random(60)),
    () => JSON.parse('{"__proto__":{"isAdmin":true}}') as unknown,
    () => ({ constructor: { prototype: { isAdmin: true } }, toString: 1, hasOwnProperty: 1 }),
    () => ({ url: pick(HOSTILE_TEXT), strength: pick(HOSTILE_NUMBERS), tag: null }),
  ])()
}

function nested(depth: number): unknown {
  return depth === 0 ? 1 : random(2) === 0 ? [nested(depth - 1)] : { a: nested(depth - 1) }
}

/** Inside the schema, mostly at its edges. */
function valid(name: string, schema: Schema): unknown {
  const { type, minimum = 0, maximum = 100 } = schema
  if (schema.enum !== undefined) return pick(schema.enum)
  if (type === 'number' || type === 'integer')
    return pick([minimum, maximum, Math.floor((minimum + maximum) / 2)])
  if (type === 'boolean') return random(2) === 0
  if (type === 'array')
    return Array.from({ length: Math.min(schema.maxItems ?? 2, 1 + random(2)) }, () =>
      valid(name, schema.items ?? {}),
    )
  if (type === 'object' || schema.properties !== undefined) return record(schema, 0)
  if (/image|url|mask/iu.test(name)) return PICTURE
  return 'x'.repeat(pick([Math.max(1, schema.minLength ?? 1), Math.min(5000, schema.maxLength ?? 12)]))
}

/** @param percent how likely each member is hostile */
function record(schema: Schema, percent: number): Json {
  const members = Object.entries(schema.properties ?? {})
    .filter(([name]) => (schema.required ?? []).includes(name) || random(4) === 0)
    .map(([name, member]) => [name, random(100) < percent ? hostile() : valid(name, member)] as const)
  return Object.fromEntries(members)
}

function bodyOf({ operation }: Target): unknown {
  const schema = operation.requestBody?.content['application/json']?.schema
  if (schema === undefined) return random(4) === 0 ? hostile() : undefined
  const kind = random(10)
  if (kind === 0) return hostile()
  const body = record(schema, kind < 4 ? 0 : 20)
  return kind === 9 ? { ...body, [pick(HOSTILE_TEXT).slice(0, 100) || 'x']: hostile() } : body
}

function parameterOf({ name, schema }: Parameter): string {
  const value = random(2) === 0 ? valid(name, schema) : pick([...HOSTILE_TEXT, ...HOSTILE_NUMBERS])
  // A waiting request is tested elsewhere and would only make this test long.
  return name === 'wait' ? pick(['0', '-1', 'x', '1e9']) : String(value).slice(0, 2000)
}

/** A lone surrogate has no percent-encoding. */
function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed())
}

function requestFor(target: Target): Sent {
  const id = (): string =>
    random(3) === 0 ? pick(ids) : random(3) === 0 ? crypto.randomUUID() : pick(HOSTILE_TEXT)
  const path = target.path.replaceAll(/\{\w+\}/gu, () => encode(id().slice(0, 500)))
  const chosen = target.parameters.filter((parameter) => parameter.in !== 'path' && random(3) === 0)
  const query = chosen.filter((parameter) => parameter.in === 'query')
  const headers = chosen
    .filter((parameter) => parameter.in === 'header')
    // What HTTP itself forbids in a header never leaves the client.
    .map((parameter) => [parameter.name, parameterOf(parameter).replaceAll(/[^\x20-\x7e]/gu, '?')] as const)
  const search = query.map((parameter) => `${parameter.name}=${encode(parameterOf(parameter))}`).join('&')
  return {
    path: search === '' ? path : `${path}?${search}`,
    method: target.method.toUpperCase(),
    headers: Object.fromEntries(headers),
    json: target.method === 'get' ? undefined : bodyOf(target),
  }
}

/** What is wrong with an answer; null when nothing is. */
function faultOf(target: Target, sent: Sent, answer: TestAnswer): string | null {
  const { status, body } = answer
  if (status >= 500 && !DOCUMENTED_5XX.has(status)) return `status ${status}`
  const isSuccess = status < 400
  const ofPath = `openapi#/paths/${target.path.replaceAll('/', '~1')}/${target.method}/responses/${status}/content/application~1json/schema`
  const isDryRun = /[?&]dry_run=(?:1|true)(?:&|$)/u.test(sent.path)
  const ofSuccess = isDryRun ? 'openapi#/components/schemas/DryRun' : ofPath
  const reference = isSuccess ? ofSuccess : 'openapi#/components/schemas/Error'
  const documented = target.operation.responses[String(status)] as { content?: Json } | undefined
  if (isSuccess && documented === undefined) return `status ${status} is not in the document`
  if (isSuccess && documented?.content?.['application/json'] === undefined) return null
  const type = answer.headers.get('content-type')?.split(';')[0] ?? ''
  if (isSuccess && type !== 'application/json')
    return documented?.content?.[type] === undefined
      ? `status ${status}: ${type} is not in the document`
      : null
  const validate = ajv.getSchema(reference.replaceAll('{', '%7B').replaceAll('}', '%7D'))
  if (validate === undefined) return `no schema at ${reference}`
  return validate(body) === true ? null : `status ${status}: ${ajv.errorsText(validate.errors)}`
}

void describe('requests generated from the OpenAPI document', () => {
  const title = `${REQUESTS} of seed ${SEED}: no 5xx, and every answer fits the document`
  void test(title, { timeout: 3_600_000 }, async (context) => {
    const proof = startProof(context, '7. requests generated from the OpenAPI document')
    const faults = new Map<string, string>()
    const statuses = new Map<number, number>()
    for (let count = 0; count < REQUESTS; count += 1) {
      proof.try()
      const target = targets[count % targets.length] as Target
      const sent = requestFor(target)
      const answer = await app.call(sent.path, sent)
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1)
      const fault = faultOf(target, sent, answer)
      if (fault !== null)
        faults.set(
          `${target.method} ${target.path}: ${fault}`,
          JSON.stringify({ ...sent, answer: answer.body }).slice(0, 600),
        )
    }
    for (const fault of faults) proof.fail(fault.join(': '))
    assert.ok((statuses.get(200) ?? 0) > REQUESTS / 20, 'some of them are accepted')
    proof.end(`${targets.length} operations, ${JSON.stringify(Object.fromEntries(statuses))}`)
  })

  void test('nothing of it reached a prototype', () => {
    assert.equal(({} as { isAdmin?: unknown }).isAdmin, undefined)
  })
})
