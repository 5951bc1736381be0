/** A server with image models of the AI SDK as engines: structural, because the SDK is no dependency. */
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { describe, test } from 'node:test'
import { pino } from 'pino'
import type { AiSdkModelOptions } from '../../src/index.ts'
import { createApp, createWorkerProcess, fromAiSdk, readConfig } from '../../src/index.ts'
import { createImageProbe } from '../../src/imaging/probe.ts'
import { toApiKey } from '../../src/app/api-keys.ts'
import type { FakeModel } from '../support/ai-sdk-model.ts'
import { apiCallError, fakeModel, paintAsAsked } from '../support/ai-sdk-model.ts'
import type { TestApp } from '../support/app.ts'
import { startTestApp } from '../support/app.ts'
import { photoPath } from '../support/pictures.ts'

const cat = `data:image/jpeg;base64,${readFileSync(photoPath('cat')).toString('base64')}`
const VENDORS = 'xai/grok-imagine-2-edit'
const OWN = 'local/mine'
const probe = createImageProbe()

type Json = Record<string, unknown>
type Scene = { app: TestApp; model: FakeModel; run: (id: string, json?: Json) => Promise<Json> }

async function useApp(
  context: TestContext,
  model: FakeModel,
  options: Omit<AiSdkModelOptions, 'model'> = {},
): Promise<Scene> {
  const served = { model, maxImages: 2, ...options }
  const addedEngines = [fromAiSdk({ id: 'ai-sdk/fake', models: { [VENDORS]: served, [OWN]: served } })]
  const app = await startTestApp({ isEngineReal: true, addedEngines, settings: { AFTERIMAGE_DRAFT: 'off' } })
  context.after(() => app.stop())
  const run = async (id: string, json: Json = {}): Promise<Json> => {
    const body = { prompt: 'make it a linocut', ...json }
    const submitted = await app.call(`/generate/image/${id}`, { json: body })
    assert.equal(submitted.status, 200, JSON.stringify(submitted.body))
    return app.settle(submitted.body['job_id'])
  }
  return { app, model, run }
}

const errorOf = (job: Json): Json => job['error'] as Json
const warningsOf = (job: Json): Json[] => job['warnings'] as Json[]

void describe('a model of the AI SDK', () => {
  void test('serves a model of a vendor, and one of its own; pictures go as bytes without metadata', async (context) => {
    const { app, model, run } = await useApp(context, fakeModel(), {
      mask: 'transparent',
      providerOptions: { fake: { style: 'vivid' } },
    })
    const job = await run(OWN, { image_urls: [cat, cat], width: 640, height: 480, seed: 5, count: 2 })
    assert.equal(job['status'], 'completed', JSON.stringify(job))
    assert.equal(job['engine'], 'ai-sdk/fake')
    assert.deepEqual(warningsOf(job), [])
    assert.equal((job['cost'] as Json)['amount_usd'], null, 'nobody says what it cost')
    const { urls } = job['result'] as { urls: string[] }
    assert.equal(urls.length, 2)
    const { bytes } = await app.call(new URL(urls[0] ?? '').pathname)
    assert.deepEqual([probe.probe(bytes).width, probe.probe(bytes).height], [640, 480])
    const [call] = model.calls
    assert.ok(call !== undefined && model.calls.length === 1)
    const { prompt, n, size, seed, files = [], mask, providerOptions } = call
    assert.deepEqual(
      [prompt, n, size, seed, mask, providerOptions],
      ['make it a linocut', 2, '640x480', 5, undefined, { fake: { style: 'vivid' } }],
    )
    assert.deepEqual(
      files.map(({ type, mediaType }) => [type, mediaType]),
      [
        ['file', 'image/jpeg'],
        ['file', 'image/jpeg'],
      ],
    )
    assert.ok(!Buffer.from(files[0]?.data ?? []).includes('Exif'), 'upright and without private metadata')
    assert.equal((await run(VENDORS, { image_urls: [cat] }))['engine'], 'ai-sdk/fake')
  })

  void test('is in GET /models with the fields that it takes', async (context) => {
    const { app } = await useApp(context, fakeModel(), { seed: false, shape: ['1:1', '16:9'] })
    const { body } = await app.call(`/models/${OWN}`)
    const { properties } = body['input_schema'] as { properties: Json }
    assert.ok('image_urls' in properties && 'width' in properties && !('seed' in properties))
    assert.equal(body['engine'], 'ai-sdk/fake')
    const vendors = (await app.call(`/models/${VENDORS}`)).body
    assert.ok((vendors['engines'] as Json[]).some(({ id, ready }) => id === 'ai-sdk/fake' && ready === true))
  })

  void test('named shapes, a call that makes fewer, and what the model itself warns of are told', async (context) => {
    const model = fakeModel(
      async ({ n }) => ({
        images: Array.from({ length: n }, () => readFileSync(photoPath('cat')).toString('base64')),
        warnings: [
          { type: 'unsupported', feature: 'seed', details: 'no seeds for "make it a linocut"' },
          { type: 'unsupported-setting', setting: 'n' },
          { type: 'other', message: 'it is late' },
        ],
      }),
      { maxImagesPerCall: () => Promise.resolve(1) },
    )
    const { run } = await useApp(context, model, { shape: ['1:1', '16:9'] })
    const job = await run(OWN, { image_urls: [cat], aspect_ratio: '3:2', seed: 5, count: 3 })
    assert.equal(job['status'], 'completed', JSON.stringify(job))
    assert.deepEqual([model.calls[0]?.aspectRatio, model.calls[0]?.n, model.calls.length], ['16:9', 1, 1])
    assert.deepEqual(
      warningsOf(job).map(({ code, path }) => `${String(code)} ${String(path)}`),
      [
        'adjusted_field aspect_ratio',
        'adjusted_field count',
        'unsupported_field seed',
        'unsupported_field count',
        'engine_note ',
      ],
    )
    assert.ok(!JSON.stringify(warningsOf(job)).includes('linocut'), 'a prompt is no warning')
  })

  void test('of version 2 takes no picture, and says so before anything is paid', async (context) => {
    const model = fakeModel(undefined, { specificationVersion: 'v2', maxImagesPerCall: undefined })
    const { app, run } = await useApp(context, model)
    const { properties } = (await app.call(`/models/${OWN}`)).body['input_schema'] as { properties: Json }
    assert.ok(!('image_urls' in properties) && !('image_url' in properties))
    assert.equal((await run(OWN))['status'], 'completed')
    assert.equal(model.calls[0]?.files, undefined)
    assert.equal(errorOf(await run(VENDORS, { image_urls: [cat] }))['code'], 'engine_not_configured')
    assert.equal(model.calls.length, 1)
  })

  void test('a picture too many is refused at submit', async (context) => {
    const { app, model } = await useApp(context, fakeModel())
    const json = { prompt: 'x', image_urls: [cat, cat, cat] }
    assert.equal((await app.call(`/generate/image/${OWN}`, { json })).status, 400)
    assert.equal(model.calls.length, 0)
  })
})

void describe('what goes wrong is never called twice', () => {
  const named = (name: string): Error => Object.assign(new Error('…'), { name })
  const table: readonly (readonly [title: string, error: Error, code: string])[] = [
    ['a lost connection', apiCallError(undefined), 'outcome_unknown'],
    ['a gateway that gave up', apiCallError(504), 'outcome_unknown'],
    ['overload, which may come from a poll', apiCallError(503), 'engine_failed'],
    ['a limit, which may come from a poll', apiCallError(429), 'engine_failed'],
    ['a request that is not accepted', apiCallError(400), 'engine_rejected'],
    ['a refusal', apiCallError(400, { error: { code: 'moderation_blocked' } }), 'engine_rejected'],
    ['a wrong key', apiCallError(401), 'engine_not_configured'],
    ['no key', named('AI_LoadAPIKeyError'), 'engine_not_configured'],
    ['an empty account', apiCallError(402), 'engine_failed'],
    ['a function that is missing', named('AI_UnsupportedFunctionalityError'), 'engine_rejected'],
    ['anything else', new TypeError('x is not a function'), 'engine_failed'],
  ]
  for (const [title, error, code] of table)
    void test(`${title}: ${code}`, async (context) => {
      const { model, run } = await useApp(
        context,
        fakeModel(() => Promise.reject(error)),
      )
      const failure = errorOf(await run(OWN))
      assert.equal(failure['code'], code, String(failure['message']))
      assert.equal(model.calls.length, 1)
      assert.ok(!/linocut|sk-01/u.test(String(failure['message'])), String(failure['message']))
    })

  void test('no image, and one that is none', async (context) => {
    const answers = [
      { images: [] as string[], warnings: [] },
      { images: ['!'], warnings: [] },
    ]
    const { model, run } = await useApp(
      context,
      fakeModel(() => Promise.resolve(answers.shift() ?? { images: [new Uint8Array([1, 2])], warnings: [] })),
    )
    for (const _ of [1, 2, 3]) {
      const job = await run(OWN)
      assert.deepEqual([job['status'], errorOf(job)['code']], ['failed', 'engine_failed'])
    }
    assert.equal(model.calls.length, 3)
  })

  void test('a cancel ends the job although the model does not listen', async (context) => {
    const called = Promise.withResolvers<AbortSignal>()
    const { app } = await useApp(
      context,
      fakeModel(({ abortSignal }) => {
        called.resolve(abortSignal)
        return new Promise(() => undefined)
      }),
    )
    const { body } = await app.call(`/generate/image/${OWN}`, { json: { prompt: 'x' } })
    const signal = await called.promise
    await app.call(`/jobs/${String(body['job_id'])}/cancel`, { method: 'POST' })
    assert.equal((await app.settle(body['job_id']))['status'], 'cancelled')
    assert.ok(signal.aborted)
  })
})

void test('a process of workers runs its jobs too', async (context) => {
  const directory = mkdtempSync(join(tmpdir(), 'afterimage-ai-sdk-'))
  context.after(() => rmSync(directory, { recursive: true, force: true }))
  const key = 'ak_of-the-worker-0123456789'
  const config = readConfig({ AFTERIMAGE_DATA_DIR: directory, AFTERIMAGE_API_KEY: key })
  const called = Promise.withResolvers<void>()
  const model = fakeModel((call) => {
    called.resolve()
    return paintAsAsked(call)
  })
  const overrides = {
    addedEngines: [fromAiSdk({ id: 'ai-sdk/fake', models: { [OWN]: { model } } })],
    logger: pino({ level: 'silent' }),
  }
  const headers = { authorization: `Bearer ${key}` }
  /** On the same folder, one after the other; nothing runs before `start`. */
  const ask = async (request: { method: 'GET' | 'POST'; url: string; payload?: object }): Promise<Json> => {
    const app = await createApp(config, overrides)
    try {
      if ((await app.state.countKeys()) === 0)
        await app.state.createKey(toApiKey(key, { accountId: 'default', name: 'key', now: 0 }))
      const answer = await app.inject({ ...request, headers })
      return answer.json<Json>()
    } finally {
      await app.stop()
    }
  }
  const submitted = await ask({
    method: 'POST',
    url: `/generate/image/${OWN}`,
    payload: { prompt: 'x' },
  })
  const { job_id: id } = submitted
  assert.ok(typeof id === 'string', JSON.stringify(submitted))
  assert.equal(model.calls.length, 0)
  const worker = await createWorkerProcess(config, overrides)
  worker.start()
  await called.promise
  await worker.stop()
  assert.equal((await ask({ method: 'GET', url: `/jobs/${id}` }))['status'], 'completed')
})

void describe('an added engine that cannot be', () => {
  const start = (id: string, models: string[]) =>
    startTestApp({
      isEngineReal: true,
      addedEngines: [
        fromAiSdk({ id, models: Object.fromEntries(models.map((name) => [name, { model: fakeModel() }])) }),
      ],
    })
  void test('serves nobody’s model, a built-in one, or has the name of another', async () => {
    await assert.rejects(
      start('ai-sdk/fake', ['nobody/none', 'afterimage/edit', 'local/']),
      /nobody\/none, afterimage\/edit, local\//u,
    )
    for (const id of ['openai', 'sdcpp', 'openai-compatible', 'afterimage/draft', 'none'])
      await assert.rejects(start(id, [OWN]), /an id of its own/u)
  })
})
