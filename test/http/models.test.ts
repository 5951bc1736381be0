/** /models and /openapi.json: what can be asked for. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { createCatalogue } from '../../src/catalogue/index.ts'
import type { TestApp } from '../support/app.ts'
import { startTestApp } from '../support/app.ts'
import { createTestEngine } from '../support/test-engine.ts'

let app: TestApp
before(async () => {
  app = await startTestApp()
})
after(() => app.stop())

type Entry = Record<string, unknown>

void describe('GET /models', () => {
  void test('lists every model with the engine that would run it', async () => {
    const { status, body } = await app.call('/models')
    assert.equal(status, 200)
    const items = body['items'] as Entry[]
    assert.ok(items.length > 20)
    const model = items.find(({ id }) => id === 'google/nano-banana-pro')
    assert.ok(model !== undefined)
    assert.equal(model['category'], 'image')
    assert.equal(model['engine'], 'afterimage/draft')
    assert.equal(model['is_draft'], true)
    assert.ok((model['set_to_enable'] as string[]).includes('GEMINI_API_KEY'))
    assert.equal(model['readiness'], 'draft')
    assert.match(
      String(model['reason']),
      /^Google: there is no key: set GEMINI_API_KEY or GEMINI_API_KEY_FILE/u,
    )
    const google = (model['engines'] as Entry[]).find(({ id }) => id === 'google')
    assert.deepEqual([google?.['ready'], google?.['variable']], [false, 'GEMINI_API_KEY'])
    assert.match(String(google?.['reason']), /^there is no key/u)
    const draft = (model['engines'] as Entry[]).find(({ id }) => id === 'afterimage/draft')
    assert.deepEqual(draft, {
      id: 'afterimage/draft',
      ready: true,
      reason: null,
      variable: null,
      fault: null,
      previews: true,
      masks: false,
      retirement: null,
    })
  })

  void test('tells the ids that do not work any more, with what to use', async () => {
    const { body } = await app.call('/models')
    const retired = body['retired'] as Entry[]
    assert.deepEqual(
      retired.find(({ id }) => id === 'gpt-image-1'),
      { id: 'gpt-image-1', since: '2026-10-23', replacement: 'openai/gpt-image-2' },
    )
    const own = retired.find(({ id }) => id === 'bytedance/seedream-3')
    assert.equal(own?.['replacement'], 'bytedance/seedream-5-lite')
    const days = retired.map(({ since }) => String(since))
    assert.deepEqual(days, days.toSorted().toReversed())
  })

  void test('tells of a model whose vendor ends it', async () => {
    const engine = { ...createTestEngine('openai'), upstreamId: () => 'gpt-image-1' }
    const ending = await startTestApp({ engines: [engine] })
    try {
      const { body } = await ending.call('/models/openai/gpt-image')
      const [openai] = body['engines'] as Entry[]
      const retirement = {
        upstream_id: 'gpt-image-1',
        since: '2026-10-23',
        replacement: 'openai/gpt-image-2',
      }
      assert.deepEqual([openai?.['id'], openai?.['retirement']], ['openai', retirement])
    } finally {
      await ending.stop()
    }
  })

  void test('of one category; an unknown one is 400', async () => {
    const items = (await app.call('/models?category=enhance')).body['items'] as Entry[]
    assert.ok(items.length > 0 && items.every(({ category }) => category === 'enhance'))
    assert.equal((await app.call('/models?category=audio')).status, 400)
    assert.deepEqual((await app.call('/models?category=video')).body['items'], [])
  })

  void test('without drafts a model has no engine, and says what to set', async () => {
    const off = await startTestApp({ settings: { AFTERIMAGE_DRAFT: 'off' } })
    try {
      const { body } = await off.call('/models/google/nano-banana-pro')
      assert.equal(body['engine'], null)
      assert.ok((body['set_to_enable'] as string[]).includes('GEMINI_API_KEY'))
      assert.equal(body['readiness'], 'missing')
      assert.match(String(body['reason']), /^Google: /u)
      const draft = (body['engines'] as Entry[]).find(({ id }) => id === 'afterimage/draft')
      assert.deepEqual([draft?.['ready'], draft?.['variable']], [false, 'AFTERIMAGE_DRAFT'])
    } finally {
      await off.stop()
    }
  })

  void test('a real engine comes before the draft', async () => {
    const [first = ''] = createCatalogue().find('google/nano-banana-pro')?.engines ?? []
    const engines = [createTestEngine(), createTestEngine(first)]
    const real = await startTestApp({ engines })
    try {
      const { body } = await real.call('/models/google/nano-banana-pro')
      assert.equal(body['engine'], first)
      assert.equal(body['is_draft'], false)
      assert.deepEqual(body['set_to_enable'], [])
      assert.deepEqual([body['readiness'], body['reason']], ['ready', null])
      const draft = (body['engines'] as Entry[]).find(({ id }) => id === 'afterimage/draft')
      assert.match(String(draft?.['reason']), /only where no other is ready/u)
    } finally {
      await real.stop()
    }
  })
})

void describe('GET /models/{provider}/{model}', () => {
  void test('has endpoint path, category and the schema of the input', async () => {
    const { status, body } = await app.call('/models/google/nano-banana-pro')
    assert.equal(status, 200)
    assert.equal(body['id'], 'google/nano-banana-pro')
    assert.equal(body['category'], 'image')
    assert.ok(JSON.stringify(body).includes('/generate/image/google/nano-banana-pro'))
    assert.ok(JSON.stringify(body).includes('"image_urls"'))
  })

  void test('ids of three parts, and unknown ones with a hint', async () => {
    assert.equal((await app.call('/models/krea/krea-2/medium')).status, 200)
    const { status, body } = await app.call('/models/google/nano-banan')
    assert.equal(status, 404)
    assert.match(String(body['error']), /did you mean/u)
  })
})

void describe('GET /openapi.json', () => {
  void test('is OpenAPI 3.1 for this address, with the routes that exist', async () => {
    const { body } = await app.call('/openapi.json', { key: null })
    assert.match(String(body['openapi']), /^3\.1/u)
    assert.deepEqual((body['servers'] as { url: string }[])[0]?.url, app.url)
    const paths = Object.keys(body['paths'] as object)
    for (const path of ['/jobs', '/jobs/{id}', '/assets', '/generate/image/google/nano-banana-pro'])
      assert.ok(paths.includes(path), path)
  })
})
