/**
 * Nothing is dropped in silence, shown on the wire itself: for every model, each of its engines and every field of its
 * schema, two requests that differ in that field only lead to different calls of the vendor, or the job says that they
 * do not.
 */
import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import sharp from 'sharp'
import type { Model } from '../../src/catalogue/index.ts'
import { createCatalogue, isImageField } from '../../src/catalogue/index.ts'
import type { Engine, EngineContext } from '../../src/core/engine.ts'
import type { AfterimageError } from '../../src/core/errors.ts'
import { isAfterimageError } from '../../src/core/errors.ts'
import type { GenerateInput, InputImage, Warning } from '../../src/core/job.ts'
import { planJob } from '../../src/core/plan-job.ts'
import { createGuardedFetch } from '../../src/net/guarded-fetch.ts'
import { parseGenerate } from '../../src/wire/parse.ts'
import { resolveName } from '../../src/wire/parsing/names.ts'
import { inputSchema } from '../../src/wire/schema.ts'
import type { EmulatedEngine } from '../support/emulated-engines.ts'
import { EMULATED_ENGINES } from '../support/emulated-engines.ts'
import type { Emulator } from '../support/emulators/emulator.ts'
import { startEmulator } from '../support/emulators/emulator.ts'
import { paint } from '../support/emulators/picture.ts'
import { prepareImage } from '../support/prepare-image.ts'
import { inputImage } from '../support/requests.ts'
import type { Body, FieldVariants, Schema } from './wire-variants.ts'
import { valuesOf, variantsOf } from './wire-variants.ts'

/** What becomes of these is the server's business; no engine hears of them. */
const OF_THE_SERVER = new Set([
  'afterimage.on_unsupported',
  'afterimage.retention',
  'afterimage.no_store',
  'afterimage.parent_job_id',
])
/** One size between them. */
const TWINS: Readonly<Record<string, string>> = { height: 'width' }
/** Engines on this machine call nobody. */
const OWN = /^afterimage\//u

const CAT = { width: 640, height: 480 }
const DOG = { width: 320, height: 320 }
const PNG = { format: 'png' } as const
const JPEG = { format: 'jpeg' } as const

type Size = { width: number; height: number }
type Picture = Pick<InputImage, 'bytes' | 'info'>
type Bench = { engine: Engine; emulator: Emulator; directory: string; pictures: ReadonlyMap<string, Picture> }
type Sent = { sent: string; warnings: readonly Warning[] }
/** Nothing was sent; `warnings` are the reasons. */
type Refused = { sent: null; warnings: readonly Warning[] }
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

async function useEngine(
  { emulation, create }: EmulatedEngine,
  run: (bench: Bench) => Promise<void>,
): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'afterimage-fields-'))
  const emulator = await startEmulator(emulation())
  const engine = create({
    origin: emulator.origin,
    secret: () => emulator.key,
    clock: { now: () => 0 },
    fetchResult: createGuardedFetch({ allowPrivate: ['127.0.0.1'] }),
    pause: () => Promise.resolve(),
    prepareImage,
  })
  try {
    await run({ engine, emulator, directory, pictures: await makePictures(directory) })
  } finally {
    await engine.close?.()
    await emulator.close()
    await rm(directory, { recursive: true, force: true })
  }
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
    .filter(({ path }) => !OF_THE_SERVER.has(path))
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

async function run(model: Model, body: Body, bench: Bench): Promise<Sent | Refused> {
  const { engine, emulator, directory } = bench
  const seen = emulator.requests.length
  const jobId = `job-${seen}`
  const posts = emulator.posts()
  try {
    const { input, warnings } = admit(model, body, bench)
    const plan = planJob({
      model,
      input,
      offers: [
        {
          id: engine.id,
          queue: 'q',
          isDraft: false,
          capabilities: (id) => engine.capabilities(id),
          estimate: null,
        },
      ],
      isDraftEnabled: false,
      engine: engine.id,
    })
    const context: EngineContext = {
      signal: new AbortController().signal,
      onProgress: () => undefined,
      imagePath: ({ blobKey }) => Promise.resolve(join(directory, blobKey)),
      scratchDirectory: directory,
    }
    const { handle, status } = await engine.submit({ jobId, input }, context)
    const told = status.state === 'completed' ? status.warnings : (handle?.['warnings'] as Warning[])
    const sent = JSON.stringify(
      emulator.requests.slice(seen).map(({ headers: _headers, ...request }) => request),
    )
    return { sent: sent.replaceAll(jobId, 'job'), warnings: [...warnings, ...plan.warnings, ...told] }
  } catch (error) {
    if (!isAfterimageError(error)) throw error
    assert.equal(emulator.posts(), posts, `refused, but only after it was sent: ${error.message}`)
    const refused = JSON.stringify(emulator.submits.at(-1)?.json)
    assert.equal(emulator.submits.length, posts, `the vendor does not take this: ${error.message} ${refused}`)
    return { sent: null, warnings: reasonsOf(error) }
  }
}

/** A plan lists its issues; an engine says the field before the colon. */
function reasonsOf({ message, issues }: AfterimageError): Warning[] {
  const [path = ''] = message.split(':', 1)
  return issues.length > 0 ? [...issues] : [{ code: 'refused', path, message }]
}

function admit(
  model: Model,
  body: Body,
  { pictures }: Bench,
): { input: GenerateInput; warnings: readonly Warning[] } {
  const parsed = parseGenerate({ model, body, mode: 'aliases', newSeed: () => 7 })
  const images = parsed.sources.map(({ role, path, value, strength, tag }) => {
    const picture = pictures.get(value)
    assert.ok(picture !== undefined, `no picture named ${value}`)
    return inputImage(path, { role, strength, tag, blobKey: value, ...picture })
  })
  return { input: { ...parsed.input, images }, warnings: parsed.warnings }
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

async function makePictures(directory: string): Promise<ReadonlyMap<string, Picture>> {
  const made: readonly (readonly [name: string, bytes: Buffer, size: Size])[] = [
    ['cat.png', await paint(CAT, 'png'), CAT],
    ['dog.jpeg', await paint(DOG, 'jpeg'), DOG],
    ['left.png', await paintMask(0), CAT],
    ['right.png', await paintMask(CAT.width / 2), CAT],
  ]
  for (const [name, bytes] of made) await writeFile(join(directory, name), bytes)
  return new Map(
    made.map(([name, bytes, size]) => [
      name,
      {
        bytes: bytes.length,
        info: {
          ...size,
          orientation: 1,
          frames: 1,
          ...(name === 'dog.jpeg' ? JPEG : PNG),
          hasAlpha: isMask(name),
        },
      },
    ]),
  )
}

/** Transparent where a half of the picture shall be edited. */
function paintMask(left: number): Promise<Buffer> {
  const hole = {
    create: { width: CAT.width / 2, height: CAT.height, channels: 4 as const, background: '#000' },
  }
  return sharp({ create: { ...CAT, channels: 4, background: '#000' } })
    .composite([{ input: hole, left, top: 0, blend: 'dest-out' }])
    .png()
    .toBuffer()
}

function isMask(name: string): boolean {
  return name !== 'cat.png' && name !== 'dog.jpeg'
}
