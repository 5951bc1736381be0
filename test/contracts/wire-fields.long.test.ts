/**
 * Nothing is dropped in silence, shown on the wire itself: for every model, each of its engines and every field of its
 * schema, two requests that differ in that field only lead to different calls of the vendor, or the job says that they
 * do not.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Model } from '../../src/catalogue/index.ts'
import { createCatalogue, isImageField } from '../../src/catalogue/index.ts'
import type { Warning } from '../../src/core/job.ts'
import { resolveName } from '../../src/wire/parsing/names.ts'
import { inputSchema } from '../../src/wire/schema.ts'
import { EMULATED_ENGINES } from '../support/emulated-engines.ts'
import type { Bench, Refused, Sent } from './wire-bench.ts'
import { run, useEngine } from './wire-bench.ts'
import type { Body, FieldVariants, Schema } from './wire-variants.ts'
import { valuesOf, variantsOf } from './wire-variants.ts'

/** What becomes of these is the server's business; of `no_store` alone an engine may hear, as OpenAI's in the background. */
const OF_THE_SERVER = new Set([
  'afterimage.on_unsupported',
  'afterimage.retention',
  'afterimage.no_store',
  'afterimage.parent_job_id',
])
/** ComfyUI sends previews unasked, beside the call; whether they are taken is seen in upstream-comfyui.test.ts. */
const BESIDE_THE_CALL = new Set(['comfyui afterimage.previews'])
/** One size between them. */
const TWINS: Readonly<Record<string, string>> = { height: 'width' }
/** Engines on this machine call nobody. */
const OWN = /^afterimage\//u

type Outcome = (Sent | Refused) & { value: unknown }
type Base = { name: string; body: Body }

const catalogue = createCatalogue()

for (const [engineId, emulated] of Object.entries(EMULATED_ENGINES)) {
  const isNamed = ({ engines }: Model): boolean => engines.some((id) => id === engineId)
  for (const model of catalogue.list().filter(isNamed))
    void test(`${model.id} through ${engineId}: every field changes the call, or the job says that it does not`, () =>
      useEngine(emulated, async (bench) => {
        // Until its vendor's adapter knows this model.
        if (bench.engine.capabilities(model.id) === null) return
        assert.deepEqual(await findSilent(model, bench), [])
      }))
}

void test('every engine here serves a model of the catalogue', async () => {
  for (const [id, emulated] of Object.entries(EMULATED_ENGINES))
    await useEngine(emulated, ({ engine }) => {
      const served = catalogue.list().filter((model) => engine.capabilities(model.id) !== null)
      assert.ok(served.length > 0, id)
      return Promise.resolve()
    })
})

void test('every engine of the catalogue that calls somebody has an emulator here', () => {
  const named = new Set(catalogue.list().flatMap(({ engines }) => engines))
  const missing = [...named].filter((id) => !OWN.test(id) && EMULATED_ENGINES[id] === undefined)
  assert.deepEqual(missing, [])
})

async function findSilent(model: Model, bench: Bench): Promise<string[]> {
  const schema = inputSchema(model, 'aliases')
  const fields = Object.entries(schema['properties'] as Record<string, Schema>)
  const groups = fields
    .flatMap(([name, field]) => variantsOf(name, field))
    .filter(({ path }) => !OF_THE_SERVER.has(path) && !BESIDE_THE_CALL.has(`${bench.engine.id} ${path}`))
  const silent: string[] = []
  for (const base of basesOf(model, schema, bench))
    for (const group of groups) {
      const outcomes = await runGroup(model, { base, group, bench })
      const quiet = quietOnes(outcomes, namesOf(model, group.path))
      silent.push(...quiet.map((values) => `${base.name}: ${group.path} ${values}`))
    }
  return silent
}

/** Requests to start from: an edit, an edit with every switch on, and words alone; those that the engine can do. */
function basesOf(model: Model, schema: Schema, { engine }: Bench): Base[] {
  const properties = schema['properties'] as Record<string, Schema>
  const required = Object.fromEntries(
    (schema['required'] as string[]).map((name) => [name, valuesOf(properties[name] ?? {})[0]]),
  )
  const source = model.fields.find((field) => isImageField(field) && field.role !== 'mask')
  const picture = source === undefined ? {} : { [source.name]: valuesOf(properties[source.name] ?? {})[0] }
  const switches = Object.fromEntries(
    model.fields.filter(({ kind }) => kind === 'boolean').map(({ name }) => [name, true]),
  )
  const operations = engine.capabilities(model.id)?.operations ?? []
  const { withImage, withoutImage } = model.operations
  const canEdit = source !== undefined && operations.includes(withImage)
  const canPaint = withoutImage !== null && operations.includes(withoutImage)
  return [
    ...(canEdit ? [{ name: 'edit', body: { ...required, ...picture } }] : []),
    ...(canEdit && Object.keys(switches).length > 0
      ? [{ name: 'edit with every switch on', body: { ...required, ...picture, ...switches } }]
      : []),
    ...(canPaint ? [{ name: 'words alone', body: required }] : []),
  ]
}

type Trial = { base: Base; group: FieldVariants; bench: Bench }

/** What was sent for each value, or why nothing was. */
async function runGroup(model: Model, { base, group, bench }: Trial): Promise<Outcome[]> {
  const [root = ''] = group.path.split(/[.[]/u)
  const outcomes: Outcome[] = []
  for (const value of group.values) {
    const body = { ...withoutTwins(model, base.body, root), [root]: value }
    outcomes.push({ value, ...(await run(model, body, bench)) })
  }
  return outcomes
}

/** An older name beside the name of today would be refused. */
function withoutTwins(model: Model, body: Body, root: string): Body {
  const target = resolveName(model, root, 'aliases')?.name
  return Object.fromEntries(
    Object.entries(body).filter(([name]) => resolveName(model, name, 'aliases')?.name !== target),
  )
}

/** Values that led to the same call although no warning tells them apart; empty when all is well. */
function quietOnes(outcomes: readonly Outcome[], field: Named): string[] {
  const bySent = Map.groupBy(outcomes, ({ sent }) => sent)
  return [...bySent].flatMap(([sent, same]) => {
    const isNamed = sent === null ? field.isNearby : field.isItself
    const quiet = same.filter(({ warnings }) => !warnings.some(isNamed))
    // One of them may be what was made; every other is something else than was asked for.
    const isAccounted = quiet.length < (sent === null ? 1 : 2)
    const values = JSON.stringify(quiet.map(({ value }) => value))
    return isAccounted ? [] : [`${sent === null ? 'refused without reason' : 'sent alike'}: ${values}`]
  })
}

type Named = Readonly<Record<'isItself' | 'isNearby', (warning: Warning) => boolean>>

/**
 * Warnings name the field as the schema of today does, with the number of the image in it. A refusal is loud enough
 * when it names another member of the same field.
 */
function namesOf(model: Model, path: string): Named {
  const [root = ''] = path.split(/[.[]/u)
  const name = resolveName(model, root, 'aliases')?.name ?? root
  const plain = (name + path.slice(root.length)).replaceAll('[]', '')
  const names = [plain, TWINS[plain] ?? plain]
  const saidOf = (warning: Warning): string => warning.path.replaceAll(/\[\d+\]/gu, '')
  const isItself = (warning: Warning): boolean =>
    names.some((wanted) => wanted === saidOf(warning) || wanted.startsWith(`${saidOf(warning)}.`))
  return { isItself, isNearby: (warning) => isItself(warning) || saidOf(warning).startsWith(`${name}.`) }
}
