/** What every engine on a vendor's API must do. Run by each engine's own test file against its emulator. */
import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { inspect } from 'node:util'
import type { Engine, EngineContext, EngineResult } from '../../src/core/engine.ts'
import type { AfterimageError, ErrorCode } from '../../src/core/errors.ts'
import { isAfterimageError } from '../../src/core/errors.ts'
import type { Cost, GenerateInput, ImageRole, InputImage } from '../../src/core/job.ts'
import type { UpstreamFault } from '../../src/core/upstream-fault.ts'
import { mayFallBack, maySubmitAgain, upstreamFaultOf } from '../../src/core/upstream-fault.ts'
import { createImageProbe } from '../../src/imaging/probe.ts'
import { createGuardedFetch } from '../../src/net/guarded-fetch.ts'
import type { UpstreamEngineOptions } from '../../src/net/upstream/engine-options.ts'
import type { Emulation, Emulator, EmulatorFault, EmulatedRequest } from '../support/emulators/emulator.ts'
import {
  ADDRESS_FAULTS,
  startEmulator,
  TRANSPORT_FAULTS,
  VENDOR_FAULTS,
} from '../support/emulators/emulator.ts'
import { paint } from '../support/emulators/picture.ts'
import { generateInput, inputImage } from '../support/requests.ts'

/** What an upstream must make of one fault. */
export type ExpectedFault = {
  kind: UpstreamFault['kind']
  charged: UpstreamFault['charged']
  code: ErrorCode
  retryAfterMs?: number
}

export type ExactRequest = {
  title: string
  input: Partial<GenerateInput>
  /** Without the mask, sources first; each becomes an image of the input. */
  images?: readonly PictureName[]
  path: string
  /** JSON, or the fields and files of a form; images stand as `<cat.png>`. */
  body: unknown
  /** Pixels of the first output. */
  output: { width: number; height: number }
  cost: Cost
}

export type UpstreamSubject = {
  emulation: Emulation
  createEngine: (options: UpstreamEngineOptions) => Engine
  /** Model to the wire fields that its schema accepts, images and `afterimage` members included. */
  models: Readonly<Record<string, readonly FieldName[]>>
  requests: readonly ExactRequest[]
  /** Where this vendor differs from the table below. */
  faults?: Partial<Record<EmulatorFault, ExpectedFault>>
}

export type PictureName = 'cat.png' | 'dog.jpeg' | 'mask.png' | 'style.webp'

const PICTURES = {
  'cat.png': { format: 'png', width: 640, height: 480, role: 'source', path: 'image_urls[0]' },
  'dog.jpeg': { format: 'jpeg', width: 320, height: 320, role: 'source', path: 'image_urls[1]' },
  'mask.png': { format: 'png', width: 640, height: 480, role: 'mask', path: 'afterimage.mask_url' },
  'style.webp': { format: 'webp', width: 64, height: 64, role: 'style', path: 'style_images[0].url' },
} as const satisfies Record<
  PictureName,
  { format: 'png' | 'jpeg' | 'webp'; width: number; height: number; role: ImageRole; path: string }
>

const UNPAID = { charged: 'no' } as const
const LOST = { kind: 'outcome_unknown', charged: 'maybe', code: 'outcome_unknown' } as const
const USELESS = { kind: 'bad_response', charged: 'maybe', code: 'engine_failed' } as const
const FAULTS: Readonly<Record<EmulatorFault, ExpectedFault>> = {
  unauthorized: { kind: 'auth', ...UNPAID, code: 'engine_not_configured' },
  no_credit: { kind: 'quota', ...UNPAID, code: 'engine_failed' },
  quota: { kind: 'quota', ...UNPAID, code: 'engine_failed' },
  rate_limited: { kind: 'rate_limited', ...UNPAID, code: 'unavailable', retryAfterMs: 7000 },
  overloaded: { kind: 'transient', ...UNPAID, code: 'unavailable' },
  // A server that broke may have made, and counted, the image.
  server_error: { kind: 'transient', charged: 'maybe', code: 'engine_failed' },
  gateway_timeout: LOST,
  refused: { kind: 'refused', ...UNPAID, code: 'engine_rejected' },
  empty: USELESS,
  garbage: USELESS,
  wrong_type: USELESS,
  private_redirect: USELESS,
  truncated: LOST,
  trickle: LOST,
  silent: LOST,
  dropped: LOST,
  result_url: USELESS,
  expired_url: USELESS,
  private_url: USELESS,
}

/** A value for each field that differs from the base request. */
const FIELDS = {
  prompt: { prompt: 'in the style of a linocut' },
  width: { width: 1536 },
  height: { height: 1536 },
  aspect_ratio: { aspectRatio: '16:9' },
  resolution: { resolution: '2K' },
  quality: { fields: { quality: 'low' } },
  background: { fields: { background: 'opaque' } },
  seed: { seed: 4711, isSeedGiven: true },
  strength: { strength: 0.3 },
  count: { count: 2 },
  styles: { fields: { styles: [{ id: 'x', strength: 1 }] } },
  negative_prompt: { fields: { negative_prompt: 'blurry' } },
  'afterimage.size': { options: { ...generateInput().options, size: { width: 1536, height: 864 } } },
  'afterimage.quality': { options: { ...generateInput().options, quality: 55 } },
  'afterimage.output_format': { options: { ...generateInput().options, outputFormat: 'webp' } },
  'afterimage.precise_edit': { options: { ...generateInput().options, isPreciseEdit: true } },
} as const satisfies Record<string, Partial<GenerateInput>>

/** Image fields: what the request has besides or instead of its one source. */
const IMAGE_FIELDS = {
  image_urls: ['cat.png', 'dog.jpeg'],
  style_images: ['cat.png', 'style.webp'],
  'afterimage.mask_url': ['cat.png', 'mask.png'],
} as const satisfies Record<string, readonly PictureName[]>

export type FieldName = keyof typeof FIELDS | keyof typeof IMAGE_FIELDS

/** Long enough for any honest answer on loopback, short enough for a test of a dead one. */
const TOTAL_MS = 1500
const SHORT_MS = 250

type Bench = {
  emulator: Emulator
  engine: Engine
  submit: (options: SubmitOptions) => Promise<EngineResult>
}
type SubmitOptions = {
  input: Partial<GenerateInput>
  images: readonly PictureName[]
  signal?: AbortSignal
}
type BenchOptions = { secret?: () => string | null; totalMs?: number; origin?: string }

export function upstreamContract(name: string, subject: UpstreamSubject): void {
  const models = Object.keys(subject.models)
  const [firstModel = ''] = models
  const base = (model: string): Partial<GenerateInput> => ({
    model,
    prompt: 'turn the logo into a rug',
    isSeedGiven: false,
  })
  const withBench = (
    title: string,
    run: (bench: Bench) => Promise<void>,
    options: BenchOptions = {},
  ): void => {
    void test(title, () => useBench(subject, options, run))
  }

  void describe(`upstream contract: ${name}`, () => {
    for (const request of subject.requests)
      withBench(`exact request: ${request.title}`, async ({ emulator, submit }) => {
        const images = request.images ?? []
        const result = await submit({ input: { ...base(firstModel), ...request.input }, images })
        const [sent] = emulator.requests
        assert.ok(sent !== undefined)
        assert.equal(sent.path, request.path)
        assert.deepEqual(await describeBody(sent), request.body)
        assert.deepEqual(await outputSize(result), request.output)
        assert.deepEqual(result.cost, request.cost)
        assert.equal(emulator.posts(), 1)
      })

    for (const fault of [...VENDOR_FAULTS, ...TRANSPORT_FAULTS, ...ADDRESS_FAULTS]) {
      const expected = subject.faults?.[fault] ?? FAULTS[fault]
      const isAddress = (ADDRESS_FAULTS as readonly string[]).includes(fault)
      if (isAddress && (subject.emulation.succeedAt === undefined || fault === 'result_url')) continue
      const totalMs = fault === 'trickle' || fault === 'silent' ? SHORT_MS : TOTAL_MS
      withBench(
        `fault ${fault}: ${expected.kind}, charged ${expected.charged}`,
        async ({ emulator, submit }) => {
          emulator.failNext(fault)
          const error = await failureOf(submit({ input: base(firstModel), images: ['cat.png'] }))
          const found = assertFault(error, expected)
          assert.equal(emulator.posts(), 1, 'never repeated inside')
          if (emulator.paidPosts() > 0)
            assert.ok(!maySubmitAgain(found) && !mayFallBack(found), 'what was paid is never called unpaid')
          assertNoSecret(error, [emulator.key, 'turn the logo into a rug'])
        },
        { totalMs },
      )
    }

    if (subject.emulation.succeedAt !== undefined)
      withBench('a result at an address is fetched, without credentials', async ({ emulator, submit }) => {
        emulator.failNext('result_url')
        const result = await submit({ input: base(firstModel), images: ['cat.png'] })
        assert.deepEqual(await outputSize(result), { width: 640, height: 480 })
        assert.equal(emulator.posts(), 1)
      })

    withBench('after a fault the next submit works', async ({ emulator, submit }) => {
      emulator.failNext('dropped')
      await failureOf(submit({ input: base(firstModel), images: ['cat.png'] }))
      const result = await submit({ input: base(firstModel), images: ['cat.png'] })
      assert.equal(result.outputs.length, 1)
      assert.equal(emulator.posts(), 2)
    })

    withBench('cancel before the call: nothing is sent', async ({ emulator, submit }) => {
      const signal = AbortSignal.abort('cancelled')
      const error = await failureOf(submit({ input: base(firstModel), images: ['cat.png'], signal }))
      assertFault(error, { kind: 'cancelled', charged: 'no', code: 'cancelled' })
      assert.equal(emulator.requests.length, 0)
    })

    withBench('cancel during the call: ends at once, possibly paid', async ({ emulator, submit }) => {
      emulator.failNext('silent')
      const controller = new AbortController()
      const arrived = emulator.nextPost()
      const failure = failureOf(
        submit({ input: base(firstModel), images: ['cat.png'], signal: controller.signal }),
      )
      await arrived
      controller.abort('cancelled')
      assertFault(await failure, { kind: 'cancelled', charged: 'maybe', code: 'cancelled' })
      assert.equal(emulator.posts(), 1)
    })

    withBench(
      'an upstream that cannot be reached was surely not paid',
      async ({ submit }) => {
        const error = await failureOf(submit({ input: base(firstModel), images: ['cat.png'] }))
        const fault = assertFault(error, { kind: 'transient', charged: 'no', code: 'unavailable' })
        assert.ok(maySubmitAgain(fault) && mayFallBack(fault))
      },
      { origin: 'http://127.0.0.1:1' },
    )

    withBench(
      'without a key no model is served, and nothing is sent',
      async ({ emulator, engine, submit }) => {
        for (const model of models) assert.equal(engine.capabilities(model), null)
        const error = await failureOf(submit({ input: base(firstModel), images: ['cat.png'] }))
        assertFault(error, { kind: 'auth', charged: 'no', code: 'engine_not_configured' })
        assert.equal(emulator.requests.length, 0)
      },
      { secret: () => null },
    )

    void test('a key that is entered or rotated counts from the next call on', async () => {
      let secret: string | null = null
      await useBench(subject, { secret: () => secret }, async ({ emulator, engine, submit }) => {
        assert.equal(engine.capabilities(firstModel), null)
        secret = 'sk-wrong-0123456789'
        assert.notEqual(engine.capabilities(firstModel), null)
        const error = await failureOf(submit({ input: base(firstModel), images: ['cat.png'] }))
        assertFault(error, { kind: 'auth', charged: 'no', code: 'engine_not_configured' })
        assertNoSecret(error, [secret])
        secret = emulator.key
        assert.equal((await submit({ input: base(firstModel), images: ['cat.png'] })).outputs.length, 1)
      })
    })

    withBench('an unknown model has no capabilities, and is never sent', async ({ emulator, engine }) => {
      for (const id of ['unknown/model', 'toString', '__proto__']) assert.equal(engine.capabilities(id), null)
      assert.equal(emulator.requests.length, 0)
    })

    for (const [model, fields] of Object.entries(subject.models))
      withBench(`${model}: every accepted field changes the request or is accounted for`, async (bench) => {
        const { emulator, engine, submit } = bench
        const capabilities = engine.capabilities(model)
        assert.ok(capabilities !== null)
        await submit({ input: base(model), images: ['cat.png'] })
        const plain = await lastBody(emulator)
        for (const field of fields) {
          const result = await submit(changeFor(field, base(model)))
          const isChanged = JSON.stringify(await lastBody(emulator)) !== JSON.stringify(plain)
          assertAccounted({ field, isChanged, result, support: supportOf(capabilities.fields, field) })
        }
        assert.equal(emulator.posts(), fields.length + 1)
        assert.equal(emulator.requests.length, emulator.posts(), 'the vendor took every one of them')
      })

    withBench('estimates never say 0, and unknown models are unknown', async ({ engine }) => {
      for (const model of [...models, 'unknown/model']) {
        const estimate = engine.estimate?.(generateInput(base(model)))
        assert.notEqual(estimate?.microUsd, 0)
        assert.equal(estimate?.microUsd === null, estimate?.basis === 'unknown')
      }
    })
  })
}

async function useBench(
  subject: UpstreamSubject,
  options: BenchOptions,
  run: (bench: Bench) => Promise<void>,
): Promise<void> {
  const scratchDirectory = await mkdtemp(join(tmpdir(), 'afterimage-upstream-'))
  const emulator = await startEmulator(subject.emulation)
  const engine = subject.createEngine({
    origin: options.origin ?? emulator.origin,
    secret: options.secret ?? (() => emulator.key),
    clock: { now: () => 0 },
    fetchResult: createGuardedFetch({ allowPrivate: ['127.0.0.1'] }),
    pause: () => Promise.resolve(),
    timeouts: { total: options.totalMs ?? 30_000 },
  })
  const submit = async ({ input, images, signal }: SubmitOptions): Promise<EngineResult> => {
    const context: EngineContext = {
      signal: signal ?? new AbortController().signal,
      onProgress: () => undefined,
      imagePath: ({ blobKey }) => Promise.resolve(join(scratchDirectory, blobKey)),
      scratchDirectory,
    }
    const inputs = await Promise.all(images.map((picture) => storePicture(picture, scratchDirectory)))
    const request = { jobId: 'job-1', input: generateInput({ ...input, images: inputs }) }
    const { status } = await engine.submit(request, context)
    assert.equal(status.state, 'completed')
    return status
  }
  try {
    await run({ emulator, engine, submit })
  } finally {
    await engine.close?.()
    await emulator.close()
    await rm(scratchDirectory, { recursive: true, force: true })
  }
}

async function storePicture(name: PictureName, directory: string): Promise<InputImage> {
  const { format, width, height, role, path } = PICTURES[name]
  const bytes = await pictureBytes(name)
  await writeFile(join(directory, name), bytes)
  const info = { format, width, height, orientation: 1, frames: 1, hasAlpha: role === 'mask' }
  return inputImage(path, {
    role,
    blobKey: name,
    bytes: bytes.length,
    info,
    strength: role === 'style' ? 0.8 : null,
  })
}

async function pictureBytes(name: PictureName): Promise<Buffer> {
  const { format, width, height, role } = PICTURES[name]
  return paint({ width, height }, format, { isTransparent: role === 'mask' })
}

/** The body as a reader would write it down: images by name instead of by bytes. */
async function describeBody({ json, fields, files }: EmulatedRequest): Promise<unknown> {
  const names = new Map<string, string>()
  for (const name of Object.keys(PICTURES) as PictureName[])
    names.set((await pictureBytes(name)).toString('base64'), `<${name}>`)
  const nameOf = (text: string): string => names.get(text) ?? text
  if (json !== undefined)
    return JSON.parse(JSON.stringify(json), (_key, value: unknown) =>
      typeof value === 'string' ? nameOf(value) : value,
    )
  const sent = files.map(({ name, type, bytes }) => [name, nameOf(bytes.toString('base64')), type])
  return { fields: Object.fromEntries(fields), files: sent }
}

async function lastBody(emulator: Emulator): Promise<unknown> {
  const request = emulator.requests.at(-1)
  assert.ok(request !== undefined)
  return [request.path, await describeBody(request)]
}

async function outputSize({ outputs }: EngineResult): Promise<{ width: number; height: number }> {
  const [output] = outputs
  assert.ok(output !== undefined)
  const bytes = output.kind === 'bytes' ? output.bytes : await readFile(output.path)
  const { width, height } = createImageProbe().probe(bytes)
  return { width, height }
}

function changeFor(field: FieldName, base: Partial<GenerateInput>): SubmitOptions {
  if (field in IMAGE_FIELDS) return { input: base, images: IMAGE_FIELDS[field as keyof typeof IMAGE_FIELDS] }
  return { input: { ...base, ...FIELDS[field as keyof typeof FIELDS] }, images: ['cat.png'] }
}

function supportOf(fields: Readonly<Record<string, string>>, field: FieldName): string {
  return fields[field.replace('afterimage.', '')] ?? 'unsupported'
}

function assertAccounted(found: {
  field: FieldName
  isChanged: boolean
  result: EngineResult
  support: string
}): void {
  const { field, isChanged, result, support } = found
  const isWarned = result.warnings.some(({ path }) => path.startsWith(field))
  if (support === 'unsupported')
    assert.ok(!isChanged, `${field} is called unsupported, yet it changes the request`)
  else assert.ok(isChanged || isWarned, `${field} is called ${support}, yet it is dropped in silence`)
}

async function failureOf(submitted: Promise<unknown>): Promise<AfterimageError> {
  const error: unknown = await submitted.then(
    () => null,
    (thrown: unknown) => thrown,
  )
  assert.ok(isAfterimageError(error), `expected an AfterimageError, found ${inspect(error)}`)
  return error
}

function assertFault(error: AfterimageError, expected: ExpectedFault): UpstreamFault {
  const fault = upstreamFaultOf(error)
  assert.ok(fault !== null, `no fault in: ${error.message}`)
  const { kind, charged, retryAfterMs } = fault
  assert.deepEqual(
    { kind, charged, code: error.code, retryAfterMs },
    { retryAfterMs: null, ...expected },
    error.message,
  )
  assert.match(error.message, /^[A-Z].*[.…]$/su)
  return fault
}

function assertNoSecret(error: AfterimageError, secrets: readonly string[]): void {
  const text = [inspect(error, { depth: 20, showHidden: true }), error.message, error.stack].join('\n')
  for (const secret of secrets) assert.ok(!text.includes(secret), `found a secret in: ${error.message}`)
}
