/** /engines: keys that an admin enters, on a whole server with an emulated vendor. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { after, before, describe, test } from 'node:test'
import { pino } from 'pino'
import { createApp } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'
import { Afterimage } from '../../src/sdk/index.ts'
import type { TestAnswer, TestApp } from '../support/app.ts'
import { createCaller, startTestApp } from '../support/app.ts'
import type { Emulator } from '../support/emulators/emulator.ts'
import { startEmulator } from '../support/emulators/emulator.ts'
import { OPENAI_EMULATION } from '../support/emulators/openai.ts'
import { photoPath } from '../support/pictures.ts'

const MODEL = 'openai/gpt-image-2'
const picture = `data:image/jpeg;base64,${readFileSync(photoPath('cat')).toString('base64')}`
const json = { prompt: 'make it a linocut', image_urls: [picture] }

let [vendor, app]: [Emulator?, TestApp?] = []
let log = ''
const scene = (): { vendor: Emulator; app: TestApp } => {
  assert.ok(vendor !== undefined && app !== undefined)
  return { vendor, app }
}
before(async () => {
  vendor = await startEmulator(OPENAI_EMULATION)
  const stream = new Writable({ write: (chunk, _encoding, done) => ((log += String(chunk)), done()) })
  app = await startTestApp({
    isEngineReal: true,
    logger: pino({ level: 'debug' }, stream),
    settings: { AFTERIMAGE_OPENAI_BASE_URL: vendor.origin },
  })
})
after(async () => {
  await app?.stop()
  await vendor?.close()
})

type Engine = Record<string, unknown> & { key: Record<string, unknown> | null; models: string[] }

async function engine(id: string, call = scene().app.call): Promise<Engine> {
  const { status, body } = await call('/engines')
  assert.equal(status, 200)
  const found = (body['items'] as Engine[]).find((item) => item['id'] === id)
  assert.ok(found !== undefined, id)
  return found
}
const put = (id: string, body: unknown, key?: string): Promise<TestAnswer> =>
  scene().app.call(`/engines/${id}/key`, { method: 'PUT', json: body, ...(key === undefined ? {} : { key }) })
const remove = (id: string): Promise<TestAnswer> =>
  scene().app.call(`/engines/${id}/key`, { method: 'DELETE' })
const model = async (): Promise<Record<string, unknown>> => (await scene().app.call(`/models/${MODEL}`)).body

void describe('/engines', () => {
  void test('tells for every engine whether it is ready, why not, and what to set', async () => {
    const openai = await engine('openai')
    assert.deepEqual(
      [openai['ready'], openai['variable'], openai.key, openai['queue'], openai['kind']],
      [false, 'OPENAI_API_KEY', null, 'openai', 'vendor'],
    )
    assert.match(String(openai['reason']), /set OPENAI_API_KEY or OPENAI_API_KEY_FILE, or enter one/u)
    assert.ok(openai.models.includes(MODEL))
    const home = await engine('comfyui')
    assert.deepEqual([home['ready'], home['variable']], [false, 'AFTERIMAGE_COMFYUI_WORKFLOWS'])
    const local = await engine('afterimage/local')
    assert.deepEqual([local['ready'], local['reason'], local['variable']], [true, null, null])
    assert.ok(local.models.includes('afterimage/edit'))
  })

  void test('an entered key makes its models run at once, and a removed one ends that', async () => {
    const { vendor, app } = scene()
    assert.equal((await model())['engine'], 'afterimage/draft')
    const entered = await put('openai', { key: `  ${vendor.key}\n` })
    assert.equal(entered.status, 200, JSON.stringify(entered.body))
    assert.equal((entered.body as Engine).key?.['ending'], vendor.key.slice(-4))
    assert.equal((entered.body as Engine).key?.['source'], 'entered')
    assert.deepEqual(await engine('openai'), entered.body)
    assert.equal((await model())['engine'], 'openai')
    const submitted = await app.call(`/generate/image/${MODEL}`, { json })
    const job = await app.settle(submitted.body['job_id'])
    assert.deepEqual([job['status'], job['engine'], vendor.posts()], ['completed', 'openai', 1])

    assert.equal((await remove('openai')).status, 200)
    assert.equal((await model())['engine'], 'afterimage/draft')
    assert.equal((await remove('openai')).status, 404)
  })

  void test('a refused key is told with the field at fault, an engine without a key with its id', async () => {
    const pathsOf = async (id: string, body: unknown): Promise<unknown[]> => {
      const { status, body: answer } = await put(id, body)
      assert.equal(status, 400)
      return (answer['issues'] as { path: string }[]).map(({ path }) => path)
    }
    assert.deepEqual(await pathsOf('comfyui', { key: 'long-enough-1234' }), ['id'])
    assert.deepEqual(await pathsOf('openai', {}), ['key'])
    assert.deepEqual(await pathsOf('openai', []), ['key'])
    assert.deepEqual(await pathsOf('openai', { key: [[[]]], token: 'x' }), ['body'])
  })

  void test('a key that the vendor refuses is told with its time, until another one is entered', async () => {
    const { vendor, app } = scene()
    assert.equal((await put('openai', { key: vendor.key })).body['fault'], null)
    vendor.failNext('unauthorized')
    const headers = { 'x-afterimage-engine': 'openai' }
    const statusOfJob = async (): Promise<unknown> => {
      const submitted = await app.call(`/generate/image/${MODEL}`, { json, headers })
      return (await app.settle(submitted.body['job_id']))['status']
    }
    assert.equal(await statusOfJob(), 'failed')
    const told = (await engine('openai'))['fault'] as { at: string; message: string }
    assert.match(told.message, /^the key was refused at 20/u)
    const [first] = (await model())['engines'] as Record<string, unknown>[]
    assert.deepEqual([first?.['id'], first?.['fault']], ['openai', told])
    const posts = vendor.posts()
    assert.deepEqual([await statusOfJob(), vendor.posts()], ['failed', posts], 'it is not asked again')
    assert.equal((await put('openai', { key: vendor.key })).body['fault'], null)
    assert.equal(await statusOfJob(), 'completed', 'the same key, entered again, is tried')
    assert.equal((await put('openai', { key: 'sk-another-key-0123456789' })).body['fault'], null)
    assert.equal((await remove('openai')).status, 200)
  })

  void test('the key is in no answer, no log line and no file, and the log tells who changed it', async () => {
    const { app } = scene()
    const secret = 'sk-secret-that-nobody-may-see-9876'
    const answers = [
      await put('fal', { key: secret }),
      await app.call('/engines'),
      await app.call('/models'),
      await put('fal', { key: `${secret} with a space` }),
      await put('fal', { key: secret, [secret]: 1 }),
      await put('fal', { token: secret }),
      await app.call('/engines/fal/key', {
        method: 'PUT',
        body: `{"key":"${secret}`,
        headers: { 'content-type': 'application/json' },
      }),
    ]
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 200, 200, 400, 400, 400, 400],
    )
    for (const { bytes } of answers) assert.ok(!bytes.toString('utf8').includes(secret))
    const data = join(app.directory, 'data')
    for (const name of ['afterimage.db', 'afterimage.db-wal'])
      assert.ok(!readFileSync(join(data, name)).includes(secret), name)
    assert.ok(!log.includes(secret))
    const lines = log.split('\n').filter((line) => line.includes('the key of an engine was entered'))
    const last = JSON.parse(lines.at(-1) ?? '{}') as Record<string, unknown>
    assert.deepEqual([last['engine'], last['account'], last['level']], ['fal', 'default', 40])
    assert.match(String(last['by']), /^[0-9a-f-]{36}$/u)
    assert.equal((await remove('fal')).status, 200)
  })

  void test('what cannot be a key, and what takes none', async () => {
    for (const key of [undefined, null, '', 'short', 7, ['sk-0123456789'], 'sk-0123 456789', 'sk-ключ-ключ'])
      assert.equal((await put('openai', { key })).status, 400, JSON.stringify(key))
    assert.equal((await put('openai', { key: 'k'.repeat(1025) })).status, 400)
    assert.equal((await put('openai', [])).status, 400)
    const unknown = await put('opnai', { key: 'sk-0123456789' })
    assert.equal(unknown.status, 404)
    assert.match(String(unknown.body['error']), /did you mean openai\?/u)
    const home = await put('comfyui', { key: 'sk-0123456789' })
    assert.equal(home.status, 400)
    assert.match(String(home.body['error']), /set up with AFTERIMAGE_COMFYUI_WORKFLOWS/u)
    assert.equal((await put('afterimage%2Flocal', { key: 'sk-0123456789' })).status, 400)
    assert.equal((await put('__proto__', { key: 'sk-0123456789' })).status, 404)
    assert.equal((await engine('openai')).key, null)
  })

  void test('is for the operator alone, of any account', async () => {
    const { app } = scene()
    const asks = [
      ['GET', '/engines'],
      ['PUT', '/engines/openai/key'],
      ['DELETE', '/engines/openai/key'],
    ] as const
    for (const scopes of [['read'], ['generate']]) {
      const made = await app.call('/keys', { json: { name: 'limited', scopes } })
      const key = String(made.body['token'])
      for (const [method, path] of asks) {
        const body = method === 'PUT' ? { json: { key: 'sk-0123456789' } } : {}
        const answer = await app.call(path, { method, key, ...body })
        assert.deepEqual([answer.status, answer.body['code']], [403, 'forbidden'], `${method} ${path}`)
      }
    }
    assert.equal((await app.call('/engines', { key: null })).status, 401)
    assert.equal((await engine('openai')).key, null)
  })

  void test('the SDK enters, lists and removes; a short key shows nothing of itself', async () => {
    const { app } = scene()
    const client = new Afterimage({ apiKey: app.key, baseUrl: app.url })
    assert.deepEqual((await client.engines.setKey('bfl', 'short-key')).key?.ending, null)
    const listed = await client.engines.list()
    assert.equal(listed.find(({ id }) => id === 'bfl')?.key?.source, 'entered')
    await client.engines.unsetKey('bfl')
    assert.equal((await engine('bfl')).key, null)
  })
})

void test('entered keys outlive a restart, and win over the environment', async (t) => {
  const first = await startTestApp({ settings: { GEMINI_API_KEY: 'from-the-environment-1111' } })
  t.after(first.stop)
  const before = await engine('google', first.call)
  assert.deepEqual([before.key?.['source'], before.key?.['ending']], ['environment', '1111'])
  const entered = { method: 'PUT', json: { key: 'entered-by-an-admin-2222' } }
  assert.equal((await first.call('/engines/google/key', entered)).status, 200)
  await first.app.stop()
  const settings = {
    AFTERIMAGE_PORT: '0',
    AFTERIMAGE_DATA_DIR: join(first.directory, 'data'),
    GEMINI_API_KEY: 'from-the-environment-1111',
  }
  const again = await createApp(readConfig(settings), { logger: pino({ level: 'silent' }) })
  t.after(again.stop)
  const { url } = await again.start()
  const found = await engine('google', createCaller(url, first.key))
  assert.deepEqual([found.key?.['source'], found.key?.['ending']], ['entered', '2222'])
})

void test('an entered key that can no longer be decrypted is told, though one of the settings is used', async (t) => {
  const first = await startTestApp({ settings: { AFTERIMAGE_SECRET_KEY: 'a'.repeat(40) } })
  t.after(first.stop)
  const entered = { method: 'PUT', json: { key: 'entered-by-an-admin-2222' } }
  assert.equal((await first.call('/engines/google/key', entered)).status, 200)
  await first.app.stop()
  const lines: string[] = []
  const settings = {
    AFTERIMAGE_PORT: '0',
    AFTERIMAGE_DATA_DIR: join(first.directory, 'data'),
    AFTERIMAGE_SECRET_KEY: 'b'.repeat(40),
    GEMINI_API_KEY: 'from-the-environment-1111',
  }
  const logger = pino({ level: 'warn' }, { write: (line: string) => void lines.push(line) })
  const again = await createApp(readConfig(settings), { logger })
  t.after(again.stop)
  const { url } = await again.start()
  const call = createCaller(url, first.key)
  const found = await engine('google', call)
  assert.deepEqual([found['ready'], found.key?.['source']], [true, 'environment'])
  assert.match(
    String(found['reason']),
    /cannot be decrypted.*enter it again; until then the key in GEMINI_API_KEY is used$/u,
  )
  const told = lines.filter((line) => line.includes('the entered key of an engine is not used'))
  assert.equal(told.length, 1)
  const healed = await call('/engines/google/key', entered)
  assert.deepEqual([healed.body['reason'], (healed.body as Engine).key?.['source']], [null, 'entered'])
})
