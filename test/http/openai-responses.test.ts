/** OpenAI in the background, on a whole server with the emulated vendor: off until a model is chosen, then first. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import type { TestApp } from '../support/app.ts'
import { startTestApp } from '../support/app.ts'
import type { Emulator } from '../support/emulators/emulator.ts'
import { startEmulator } from '../support/emulators/emulator.ts'
import { OPENAI_API_EMULATION } from '../support/emulators/openai-responses.ts'
import { photoPath } from '../support/pictures.ts'

const MODEL = 'openai/gpt-image-2'
const ENGINE = 'openai-responses'
const SETTING = 'AFTERIMAGE_OPENAI_RESPONSES_MODEL'
const picture = `data:image/jpeg;base64,${readFileSync(photoPath('cat')).toString('base64')}`

let [vendor, chosen, plain]: [Emulator?, TestApp?, TestApp?] = []
const scene = (): { vendor: Emulator; chosen: TestApp; plain: TestApp } => {
  assert.ok(vendor !== undefined && chosen !== undefined && plain !== undefined)
  return { vendor, chosen, plain }
}
before(async () => {
  vendor = await startEmulator(OPENAI_API_EMULATION)
  const settings = { OPENAI_API_KEY: vendor.key, AFTERIMAGE_OPENAI_BASE_URL: vendor.origin }
  plain = await startTestApp({ isEngineReal: true, settings })
  chosen = await startTestApp({ isEngineReal: true, settings: { ...settings, [SETTING]: 'gpt-5.6-luna' } })
})
after(async () => {
  await Promise.all([chosen?.stop(), plain?.stop()])
  await vendor?.close()
})

type Row = Record<string, unknown>

async function engineOf(app: TestApp, id = ENGINE): Promise<Row> {
  const { body } = await app.call('/engines')
  const found = (body['items'] as Row[]).find((item) => item['id'] === id)
  assert.ok(found !== undefined, id)
  return found
}

async function make(app: TestApp, headers: Record<string, string> = {}): Promise<Row> {
  const json = { prompt: 'make it a linocut', image_urls: [picture] }
  const submitted = await app.call(`/generate/image/${MODEL}`, { json, headers })
  assert.equal(submitted.status, 200, JSON.stringify(submitted.body))
  return app.settle(submitted.body['job_id'])
}

void describe('OpenAI in the background', () => {
  void test('without a chosen model it is off, says what to set, and the images API draws', async () => {
    const { plain, vendor } = scene()
    const { ready, reason, variable, key, key_of, queue } = await engineOf(plain)
    assert.deepEqual([ready, variable, key, key_of, queue], [false, SETTING, null, 'openai', 'openai'])
    assert.match(String(reason), new RegExp(`set ${SETTING}`, 'u'))
    const { body } = await plain.call(`/models/${MODEL}`)
    const found = (body['engines'] as Row[]).find(({ id }) => id === ENGINE)
    assert.deepEqual([body['engine'], found?.['ready'], found?.['variable']], ['openai', false, SETTING])
    const job = await make(plain)
    assert.deepEqual([job['status'], job['engine']], ['completed', 'openai'])
    assert.equal(vendor.submits.at(-1)?.path, '/images/edits')
  })

  void test('with a chosen model it goes first, and names its job to the vendor', async () => {
    const { chosen, vendor } = scene()
    const [first, second] = (await chosen.call(`/models/${MODEL}`)).body['engines'] as Row[]
    assert.deepEqual([first?.['id'], first?.['ready'], second?.['id']], [ENGINE, true, 'openai'])
    assert.equal((await engineOf(chosen))['ready'], true)
    const job = await make(chosen)
    assert.deepEqual([job['status'], job['engine']], ['completed', ENGINE], JSON.stringify(job))
    const sent = vendor.submits.at(-1)
    assert.equal(sent?.path, '/responses')
    const { metadata } = sent.json as Row
    assert.deepEqual(metadata, { job_id: job['job_id'] })
    const unknown = { amount_usd: null, basis: 'unknown', compute_units: null }
    assert.deepEqual(job['cost'], unknown, 'never free')
  })

  void test('a main model that the vendor does not have hands the job to the images API', async () => {
    const { chosen, vendor } = scene()
    const posts = vendor.posts()
    vendor.failNext('not_found')
    const job = await make(chosen)
    assert.deepEqual([job['status'], job['engine'], vendor.posts() - posts], ['completed', 'openai', 2])
    const codes = (job['warnings'] as Row[]).map(({ code }) => code)
    assert.ok(codes.includes('engine_fallback'))
  })

  void test('a lost answer and a refusal end the job, and no other call is made', async () => {
    const { chosen, vendor } = scene()
    for (const [fault, code] of [
      ['dropped', 'outcome_unknown'],
      ['refused', 'engine_rejected'],
    ] as const) {
      const posts = vendor.posts()
      vendor.failNext(fault)
      const job = await make(chosen)
      assert.deepEqual([job['status'], vendor.posts() - posts], ['failed', 1], fault)
      assert.equal((job['error'] as Row)['code'], code)
    }
  })

  void test('an admin may name either of the two', async () => {
    const { chosen } = scene()
    for (const engine of ['openai', ENGINE])
      assert.equal((await make(chosen, { 'x-afterimage-engine': engine }))['engine'], engine)
  })

  void test('the time of one attempt is that of the key, whichever way a job goes', async () => {
    const { vendor } = scene()
    const app = await startTestApp({
      isEngineReal: true,
      settings: {
        OPENAI_API_KEY: vendor.key,
        AFTERIMAGE_OPENAI_BASE_URL: vendor.origin,
        AFTERIMAGE_OPENAI_TIMEOUT_SECONDS: '5',
        [SETTING]: 'gpt-5.6-luna',
      },
    })
    try {
      vendor.failAlways('follow', 'silent')
      const job = await make(app)
      assert.deepEqual([job['engine'], (job['error'] as Row)['code']], [ENGINE, 'engine_timeout'])
    } finally {
      vendor.failAlways('follow', null)
      await app.stop()
    }
  })

  void test('it has no key of its own to enter', async () => {
    const { chosen } = scene()
    const path = `/engines/${ENGINE}/key`
    const { status, body } = await chosen.call(path, { method: 'PUT', json: { key: 'long-enough-1234' } })
    assert.equal(status, 400)
    assert.match(JSON.stringify(body), /No key can be entered for openai-responses: it uses that of openai/u)
  })
})
