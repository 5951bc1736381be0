/** What every engine on a vendor's API must do. Run by each engine's own test file against its emulator. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { inspect } from 'node:util'
import type { EngineResult } from '../../src/core/engine.ts'
import type { AfterimageError, ErrorCode } from '../../src/core/errors.ts'
import { isAfterimageError } from '../../src/core/errors.ts'
import type { Cost, GenerateInput } from '../../src/core/job.ts'
import type { UpstreamFault } from '../../src/core/upstream-fault.ts'
import { mayFallBack, maySubmitAgain, upstreamFaultOf } from '../../src/core/upstream-fault.ts'
import type { BasicFault, Emulator } from '../support/emulators/emulator.ts'
import { ADDRESS_FAULTS, TRANSPORT_FAULTS, VENDOR_FAULTS } from '../support/emulators/emulator.ts'
import { generateInput } from '../support/requests.ts'
import type { Bench, BenchOptions, BenchSubject, PictureName } from './upstream-bench.ts'
import { describeBody, emulationOf, outputSize, useBench } from './upstream-bench.ts'
import { changeFor, fieldsOf, sourcesOf } from './upstream-fields.ts'
import { followContract } from './upstream-follow.ts'

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
  /** Null where the answers say nothing of money. */
  cost: Cost | null
}

export type UpstreamSubject = BenchSubject & {
  /** Models of the catalogue that the engine serves. */
  models: readonly string[]
  requests: readonly ExactRequest[]
  /** True where the vendor takes a job and is asked for it until it is done. */
  isAsync?: boolean
  /** True for engines at home, which may be open to all and cost nothing. */
  isHome?: boolean
  /** Where this vendor differs from the table below. */
  faults?: Partial<Record<BasicFault, ExpectedFault>>
}

const UNPAID = { charged: 'no' } as const
const LOST = { kind: 'outcome_unknown', charged: 'maybe', code: 'outcome_unknown' } as const
const USELESS = { kind: 'bad_response', charged: 'maybe', code: 'engine_failed' } as const
const FAULTS: Readonly<Record<BasicFault, ExpectedFault>> = {
  unauthorized: { kind: 'auth', ...UNPAID, code: 'engine_not_configured' },
  no_credit: { kind: 'quota', ...UNPAID, code: 'engine_failed' },
  quota: { kind: 'quota', ...UNPAID, code: 'engine_failed' },
  rate_limited: { kind: 'rate_limited', ...UNPAID, code: 'unavailable', retryAfterMs: 7000 },
  overloaded: { kind: 'transient', ...UNPAID, code: 'unavailable' },
  // A server that broke may have made, and counted, the image.
  server_error: { kind: 'transient', charged: 'maybe', code: 'engine_failed' },
  gateway_timeout: LOST,
  refused: { kind: 'refused', ...UNPAID, code: 'engine_rejected' },
  invalid_input: { kind: 'invalid_input', ...UNPAID, code: 'engine_rejected' },
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
  page_url: USELESS,
}

/** Long enough for any honest answer on loopback, short enough for a test of a dead one. */
const TOTAL_MS = 30_000
const SHORT_MS = 1000

export function upstreamContract(name: string, subject: UpstreamSubject): void {
  const { models } = subject
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
        const [sent] = emulator.submits
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
      // What a file holds is looked at when it is stored, after the engine.
      const isFetched = fault === 'result_url' || fault === 'page_url'
      if (isAddress && (emulationOf(subject).succeedAt === undefined || isFetched)) continue
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

    if (emulationOf(subject).succeedAt !== undefined)
      withBench('a result at an address is fetched, without credentials', async ({ emulator, submit }) => {
        emulator.failNext('result_url')
        const result = await submit({ input: base(firstModel), images: ['cat.png'] })
        assert.deepEqual(await outputSize(result), { width: 640, height: 480 })
        assert.equal(emulator.posts(), 1)
      })

    if (subject.isAsync === true) followContract(subject, { input: base(firstModel), images: ['cat.png'] })

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

    if (subject.isHome !== true) keyContract(subject, base)

    withBench('an unknown model has no capabilities, and is never sent', async ({ emulator, engine }) => {
      for (const id of ['unknown/model', 'toString', '__proto__']) assert.equal(engine.capabilities(id), null)
      assert.equal(emulator.requests.length, 0)
    })

    for (const model of models)
      withBench(`${model}: every accepted field changes the request or is accounted for`, async (bench) => {
        const { emulator, engine, submit } = bench
        const capabilities = engine.capabilities(model)
        assert.ok(capabilities !== null)
        await submit({ input: base(model), images: sourcesOf(model) })
        const plain = await lastBody(emulator)
        const fields = fieldsOf(model)
        for (const field of fields) {
          const result = await submit(changeFor(field, base(model), capabilities))
          const isChanged = JSON.stringify(await lastBody(emulator)) !== JSON.stringify(plain)
          assertAccounted({ field, isChanged, result, support: supportOf(capabilities.fields, field) })
        }
        assert.equal(emulator.posts(), fields.length + 1)
        assert.equal(emulator.submits.length, emulator.posts(), 'the vendor took every one of them')
      })

    withBench('estimates never say 0 but at home, and unknown models are unknown', async ({ engine }) => {
      for (const model of [...models, 'unknown/model']) {
        const estimate = engine.estimate?.(generateInput(base(model)))
        assert.equal(estimate?.microUsd === 0, estimate?.basis === 'local')
        assert.equal(estimate?.microUsd === null, estimate?.basis === 'unknown')
      }
    })
  })
}

/** Registers the tests of engines that work only with a key. */
function keyContract(subject: UpstreamSubject, base: (model: string) => Partial<GenerateInput>): void {
  const { models } = subject
  const [firstModel = ''] = models
  void test('without a key no model is served, and nothing is sent', () =>
    useBench(subject, { secret: () => null }, async ({ emulator, engine, submit }) => {
      for (const model of models) assert.equal(engine.capabilities(model), null)
      const error = await failureOf(submit({ input: base(firstModel), images: ['cat.png'] }))
      assertFault(error, { kind: 'auth', charged: 'no', code: 'engine_not_configured' })
      assert.equal(emulator.requests.length, 0)
    }))

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
}

/** Without the number of the job, which some requests name. */
async function lastBody(emulator: Emulator): Promise<unknown> {
  const request = emulator.submits.at(-1)
  assert.ok(request !== undefined)
  const text = JSON.stringify([request.path, await describeBody(request)])
  return JSON.parse(text.replaceAll(/\bjob-\d+/gu, 'job')) as unknown
}

function supportOf(fields: Readonly<Record<string, string>>, field: string): string {
  return fields[field.replace('afterimage.', '')] ?? 'unsupported'
}

function assertAccounted(found: {
  field: string
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
