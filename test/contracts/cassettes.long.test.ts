/** A whole server that records its engines, and another that plays them when they are gone. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { TestApp } from '../support/app.ts'
import { startTestApp } from '../support/app.ts'
import type { Emulator } from '../support/emulators/emulator.ts'
import { startEmulator } from '../support/emulators/emulator.ts'
import type { EmulatedId } from '../support/emulators/index.ts'
import { EMULATIONS, emulatorSettings } from '../support/emulators/index.ts'
import { photoPath } from '../support/pictures.ts'

const cat = `data:image/jpeg;base64,${readFileSync(photoPath('cat')).toString('base64')}`
const PROMPT = 'as a woven rug for ann@example.com'
const directory = mkdtempSync(join(tmpdir(), 'afterimage-cassettes-'))
const folder = join(directory, 'tapes')

type Json = Record<string, unknown>
type Made = { status: unknown; engine: unknown; code: unknown; message: string; sha256: string | null }

/** Synchronous with bytes in the answer; a queue with results at an address; one that is told our own ids. */
const JOBS = {
  openai: ['image/openai/gpt-image-2', { image_urls: [cat] }],
  fal: ['image/google/nano-banana-pro', { image_urls: [cat] }],
  bfl: ['image/bfl/flux-1-kontext-dev', { image_url: cat }],
  comfyui: ['image/comfyui/sdxl-img2img', { image_url: cat }],
  sdcpp: ['image/local/sdcpp', { image_url: cat }],
} as const satisfies Partial<Record<EmulatedId, readonly [string, Json]>>
const STREAMED = { afterimage: { previews: true } }
type Engine = keyof typeof JOBS
const ENGINES = Object.keys(JOBS) as Engine[]

let emulators: Map<EmulatedId, Emulator>
const recorded = new Map<string, Made>()

async function start(mode: 'record' | 'replay', more: Record<string, string>): Promise<TestApp> {
  const settings = { AFTERIMAGE_CASSETTES: mode, AFTERIMAGE_CASSETTES_DIR: folder, ...more }
  return startTestApp({ isEngineReal: true, settings })
}

async function make(app: TestApp, engine: Engine, more: Json = {}): Promise<Made> {
  const [path, body] = JOBS[engine]
  const submitted = await app.call(`/generate/${path}`, {
    json: { prompt: PROMPT, ...body, ...more },
    headers: { 'x-afterimage-engine': engine },
  })
  assert.equal(submitted.status, 200, JSON.stringify(submitted.body))
  const job = await app.settle(submitted.body['job_id'])
  const [url] = (job['result'] as { urls?: string[] } | null)?.urls ?? []
  const { code, message = '' } = (job['error'] ?? {}) as { code?: string; message?: string }
  const bytes = url === undefined ? null : (await app.call(new URL(url).pathname)).bytes
  const sha256 = bytes === null ? null : createHash('sha256').update(bytes).digest('hex')
  return { status: job['status'], engine: job['engine'], code, message, sha256 }
}

function tapes(): { name: string; text: string }[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.json'))
    .map((name) => ({ name, text: readFileSync(join(folder, name), 'utf8') }))
}

before(async () => {
  emulators = new Map()
  for (const engine of ENGINES) emulators.set(engine, await startEmulator(EMULATIONS[engine]()))
  const app = await start('record', emulatorSettings(emulators))
  for (const engine of ENGINES) recorded.set(engine, await make(app, engine))
  recorded.set('two', await make(app, 'comfyui', { prompt: 'as a drawing', width: 512, height: 512 }))
  recorded.set('streamed', await make(app, 'openai', STREAMED))
  recorded.set('refused', await make(app, 'openai', { prompt: 'please [emulate:refused] this' }))
  emulators.get('fal')?.failNext('dropped')
  recorded.set('dropped', await make(app, 'fal', { prompt: 'never answered' }))
  await app.stop()
  await Promise.all([...emulators.values()].map((emulator) => emulator.close()))
})
after(() => rmSync(directory, { recursive: true, force: true }))

void describe('what was recorded', () => {
  void test('was made all the same', () => {
    for (const engine of ENGINES) assert.deepEqual(recorded.get(engine)?.status, 'completed', engine)
    assert.equal(recorded.get('streamed')?.status, 'completed')
    assert.equal(recorded.get('refused')?.code, 'engine_rejected')
    assert.equal(recorded.get('dropped')?.code, 'outcome_unknown')
  })

  void test('can be read, and holds polls and results', () => {
    const bfl = tapes().filter(({ name }) => name.startsWith('bfl'))
    const requests = bfl.map(
      ({ text }) => (JSON.parse(text) as { request: { method: string; path: string } }).request,
    )
    assert.deepEqual(requests.map(({ method }) => method).toSorted(), ['GET', 'GET', 'POST'])
    const [submit] = bfl.filter(({ name }) => name.includes('post-'))
    const { body } = (JSON.parse(submit?.text ?? '{}') as { request: { body: Json } }).request
    assert.match(String(body['input_image']), /^\d+ bytes, sha256 [\da-f]{16}$/u)
    assert.match(String(body['prompt']), /^\d+ characters, sha256 [\da-f]{16}$/u)
  })

  void test('holds no key, no prompt, no address of a person, and none of our ids', () => {
    assert.ok(tapes().length >= 12)
    for (const { name, text } of tapes()) {
      for (const { key } of emulators.values()) assert.ok(!text.includes(key), name)
      assert.ok(!/woven|rug for|ann@example\.com|as a drawing/u.test(text), name)
      assert.ok(!text.includes('127.0.0.1'), name)
    }
  })
})

void describe('played again, with everything gone', () => {
  const settings = {
    AFTERIMAGE_COMFYUI_URL: 'http://127.0.0.1:1',
    AFTERIMAGE_SDCPP_URL: 'http://127.0.0.1:1',
    // No key of a vendor, and addresses where nobody listens.
    AFTERIMAGE_OPENAI_BASE_URL: 'http://127.0.0.1:1/v1',
    AFTERIMAGE_FAL_BASE_URL: 'http://127.0.0.1:1',
    AFTERIMAGE_BFL_BASE_URL: 'http://127.0.0.1:1/v1',
  }
  let app: TestApp
  before(async () => {
    app = await start('replay', settings)
  })
  after(() => app.stop())

  for (const engine of ENGINES)
    void test(`${engine} makes the same picture, as often as it is asked`, async () => {
      for (const _ of [1, 2]) assert.deepEqual(await make(app, engine), recorded.get(engine))
    })

  void test('two jobs of one engine are not taken for each other, in any order', async () => {
    const other = { prompt: 'as a drawing', width: 512, height: 512 }
    assert.deepEqual(await make(app, 'comfyui', other), recorded.get('two'))
    assert.notEqual(recorded.get('two')?.sha256, recorded.get('comfyui')?.sha256)
    const both = await Promise.all([make(app, 'comfyui'), make(app, 'comfyui', other)])
    assert.deepEqual(both, [recorded.get('comfyui'), recorded.get('two')])
  })

  void test('a stream with previews is played too', async () => {
    assert.deepEqual(await make(app, 'openai', STREAMED), recorded.get('streamed'))
  })

  void test('a refusal is played too', async () => {
    assert.deepEqual(
      await make(app, 'openai', { prompt: 'please [emulate:refused] this' }),
      recorded.get('refused'),
    )
  })

  void test('what was not recorded fails at once, and says what, where and how', async () => {
    for (const more of [{ prompt: 'something else' }, { width: 2048, height: 1024 }]) {
      const { status, code, message } = await make(app, 'openai', more)
      assert.deepEqual([status, code], ['failed', 'engine_not_configured'])
      assert.match(message, /no recorded answer to POST \/v1\/images\/edits of openai/u)
      assert.ok(message.includes(join(folder, 'openai')), message)
      assert.match(message, /AFTERIMAGE_CASSETTES=record/u)
      assert.ok(!message.includes('something else'))
    }
  })

  void test('a call that broke off was not recorded', async () => {
    assert.match(
      (await make(app, 'fal', { prompt: 'never answered' })).message,
      /no recorded answer to POST/u,
    )
  })

  void test('only engines with a recording are ready, whatever keys there are', async () => {
    const { body } = await app.call('/models/google/nano-banana-pro')
    const engines = body['engines'] as { id: string; ready: boolean }[]
    assert.deepEqual(
      engines.filter(({ ready }) => ready).map(({ id }) => id),
      ['fal'],
    )
  })
})

void test('a damaged cassette is named', async () => {
  const [first] = tapes().filter(({ name }) => name.startsWith('openai'))
  assert.ok(first !== undefined)
  writeFileSync(join(folder, first.name), '{"request":')
  await assert.rejects(
    start('replay', {}),
    (error: Error) =>
      error.message.includes(first.name) && /it is not JSON; record it again/u.test(error.message),
  )
})
