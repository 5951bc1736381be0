/** POST /generate/…: submit, dry run, refusals. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import { createImageProbe } from '../../src/imaging/probe.ts'
import type { TestApp } from '../support/app.ts'
import { startTestApp } from '../support/app.ts'
import { photoPath } from '../support/pictures.ts'

const MODEL = '/generate/image/google/nano-banana-pro'
const dataUri = `data:image/jpeg;base64,${readFileSync(photoPath('cat')).toString('base64')}`
let app: TestApp
before(async () => {
  app = await startTestApp()
})
after(() => app.stop())

const submit = (json: unknown, headers: Record<string, string> = {}, path = MODEL) =>
  app.call(path, { json, headers })

void describe('submit', () => {
  void test('from photograph to result: queued, completed, a real picture', async () => {
    const { status, body } = await submit({ prompt: 'invert it', image_urls: [dataUri] })
    assert.equal(status, 200)
    assert.match(String(body['job_id']), /^[0-9a-f-]{36}$/u)
    assert.equal(body['status'], 'queued')
    assert.equal(body['type'], 'externalImage')
    assert.equal(body['completed_at'], null)
    assert.deepEqual(body['result'], {})
    const job = await app.settle(body['job_id'])
    assert.equal(job['status'], 'completed')
    assert.notEqual(job['completed_at'], null)
    const [url = ''] = (job['result'] as { urls: string[] }).urls
    assert.ok(url.startsWith(`${app.url}/files/`))
    const picture = await app.call(new URL(url).pathname, { key: null })
    const info = createImageProbe().probe(picture.bytes)
    assert.deepEqual([info.format, info.width, info.height], ['png', 451, 300])
  })

  void test('an asset and the result of a job are inputs, under every name of this server', async () => {
    const asset = await app.upload()
    const first = await app.settle(
      (await submit({ prompt: 'a b c', image_urls: [asset['image_url']] })).body['job_id'],
    )
    const [result = ''] = (first['result'] as { urls: string[] }).urls
    for (const url of [result, result.replace('127.0.0.1', 'localhost')]) {
      const second = await submit({ prompt: 'once more', image_urls: [url] })
      assert.equal(second.status, 200)
      assert.equal((await app.settle(second.body['job_id']))['status'], 'completed')
    }
    const missing = await submit({ prompt: 'a b c', image_urls: [`${app.url}/files/${'0'.repeat(32)}.png`] })
    assert.equal(missing.status, 422)
    assert.equal(missing.body['code'], 'input_unreachable')
  })

  void test('result URLs follow a loopback name of the caller, never a forged one', async () => {
    const { body } = await submit({ prompt: 'invert', image_urls: [dataUri] })
    await app.settle(body['job_id'])
    const urlFor = async (host: string): Promise<string> => {
      const { payload } = await app.app.inject({
        url: `/jobs/${String(body['job_id'])}`,
        headers: { host, authorization: `Bearer ${app.key}` },
      })
      return (JSON.parse(payload) as { result: { urls: string[] } }).result.urls[0] ?? ''
    }
    const { port } = new URL(app.url)
    assert.ok((await urlFor(`localhost:${port}`)).startsWith(`http://localhost:${port}/files/`))
    assert.ok((await urlFor('evil.example')).startsWith(`http://127.0.0.1:${port}/files/`))
  })

  void test('an unknown model is 404 and names near ones, an unknown category too', async () => {
    const { status, body } = await submit({}, {}, '/generate/image/google/nanobanana-pro')
    assert.equal(status, 404)
    assert.match(String(body['error']), /google\/nano-banana-pro/u)
    assert.equal((await submit({}, {}, '/generate/audio/a/b')).status, 404)
    assert.equal((await submit({}, {}, '/generate/enhance/google/nano-banana-pro')).status, 404)
  })

  void test('a model after its sunset is 410 with its successor', async () => {
    const { status, body } = await submit({}, {}, '/generate/image/bytedance/seedream-3')
    assert.equal(status, 410)
    assert.equal(body['error'], 'model_unavailable')
    assert.equal(body['reason'], 'deprecated')
    assert.match(String(body['sunset_date']), /^\d{4}-\d{2}-\d{2}$/u)
    assert.equal(typeof body['replacement'], 'string')
  })

  void test('an id of a vendor that was shut down is 410 with the model to use', async () => {
    for (const [id, replacement] of [
      ['openai/gpt-image-1', 'openai/gpt-image-2'],
      ['google/gemini-3-pro-image-preview', 'google/nano-banana-pro'],
      ['bytedance/doubao-seedream-4-0-250828', 'bytedance/seedream-4.5'],
    ]) {
      const { status, body } = await submit({}, {}, `/generate/image/${id}`)
      assert.deepEqual([status, body['replacement']], [410, replacement], id)
      assert.match(String(body['message']), /was withdrawn on 2026-\d{2}-\d{2}; use /u)
    }
  })

  void test('fields that are wrong or unknown are 400 and named', async () => {
    const { status, body } = await submit({
      prompt: 'x y z',
      image_urls: [dataUri],
      negative: 1,
      resolution: '9K',
    })
    assert.equal(status, 400)
    const paths = (body['issues'] as { path: string }[]).map(({ path }) => path)
    assert.ok(paths.includes('negative') && paths.includes('resolution'), String(paths))
    assert.equal((await submit({ image_urls: [dataUri] })).status, 400)
  })

  void test('inputs that cannot be used are 422 and named', async () => {
    const cases = [
      ['data:image/png;base64,AAAA', 'input_unreadable'],
      ['http://169.254.169.254/latest', 'input_forbidden'],
      ['file:///etc/passwd', 'input_forbidden'],
    ] as const
    for (const [image, code] of cases) {
      const { status, body } = await submit({ prompt: 'x y z', image_urls: [image] })
      assert.equal(status, 422, image)
      assert.equal(body['code'], code)
      assert.match(String(body['error']), /image_urls\[0\]/u)
    }
  })

  void test('older names work and are announced in headers', async () => {
    const { status, headers } = await submit({ prompt: 'x y z', imageUrls: [dataUri] })
    assert.equal(status, 200)
    assert.equal(headers.get('deprecation'), 'true')
    assert.match(String(headers.get('link')), /rel="deprecation"/u)
    assert.notEqual(headers.get('x-afterimage-compat'), null)
    const plain = await submit({ prompt: 'x y z', image_urls: [dataUri] })
    assert.equal(plain.headers.get('deprecation'), null)
  })

  void test('controls that are not built are refused by name, never ignored', async () => {
    for (const header of ['X-Api-Zero-Data-Retention']) {
      const { status, body } = await submit({ prompt: 'x y z' }, { [header]: '1' })
      assert.equal(status, 501, header)
      assert.ok(String(body['error']).includes(header))
    }
  })

  void test('X-Afterimage-Engine takes an engine that can, and refuses another', async () => {
    const json = { prompt: 'x y z', image_urls: [dataUri] }
    assert.equal((await submit(json, { 'X-Afterimage-Engine': 'afterimage/draft' })).status, 200)
    const { status, body } = await submit(json, { 'X-Afterimage-Engine': 'acme/none' })
    assert.equal(status, 400)
    const message = '"acme/none" cannot run google/nano-banana-pro on this server; allowed: afterimage/draft.'
    assert.equal(body['error'], `X-Afterimage-Engine: ${message}`)
    assert.deepEqual(body['issues'], [{ path: 'X-Afterimage-Engine', message, code: 'invalid_request' }])
  })

  void test("naming an engine is for the operator's keys only, whatever it names", async () => {
    const made = await app.call('/keys', { json: { name: 'caller', scopes: ['generate'] } })
    const key = String(made.body['token'])
    const json = { prompt: 'x y z', image_urls: [dataUri] }
    for (const engine of ['afterimage/draft', 'acme/none', '']) {
      const headers = { 'X-Afterimage-Engine': engine }
      const { status, body } = await app.call(MODEL, { json, key, headers })
      assert.equal(status, 403, JSON.stringify(body))
      assert.match(String(body['error']), /X-Afterimage-Engine.*"admin"/u)
    }
    assert.equal((await app.call(MODEL, { json, key })).status, 200)
  })
})

void describe('dry run', () => {
  void test('tells engine, price and warnings, and stores nothing', async () => {
    const before = (await app.call('/jobs')).body['items'] as unknown[]
    const { status, body } = await submit(
      { prompt: 'x y z', image_urls: [dataUri] },
      {},
      `${MODEL}?dry_run=1`,
    )
    assert.equal(status, 200)
    assert.equal(body['engine'], 'afterimage/draft')
    const { cost } = body
    assert.deepEqual(body['routes'], [{ engine: 'afterimage/draft', cost }], 'a draft has no other')
    assert.ok('cost' in body && Array.isArray(body['warnings']))
    assert.equal(((await app.call('/jobs')).body['items'] as unknown[]).length, before.length)
    assert.equal((await submit({ prompt: 'x y z' }, {}, `${MODEL}?dry_run=perhaps`)).status, 400)
  })

  void test('a bare switch is on, and what looks like it makes no job', async () => {
    for (const query of ['?dry_run', '?dry_run=', '?dry_run=true']) {
      const { status, body } = await submit({ prompt: 'x y z' }, {}, `${MODEL}${query}`)
      assert.deepEqual([status, body['dry_run']], [200, true], query)
    }
    for (const query of ['?dryrun=1', '?dry-run', '?Dry_Run=1', '?dry_run=1&dry_run=0']) {
      const { status, body } = await submit({ prompt: 'x y z' }, {}, `${MODEL}${query}`)
      assert.equal(status, 400, query)
      assert.match(String(body['message']), /use dry_run=1|more than once/u)
    }
  })
})

void describe('back-pressure', () => {
  void test('a full queue is 429 with Retry-After', async () => {
    const busy = await startTestApp({ settings: { AFTERIMAGE_MAX_PENDING_JOBS: '1' } })
    try {
      busy.engine.hold()
      const json = { prompt: 'x y z', image_urls: [dataUri] }
      assert.equal((await busy.call(MODEL, { json })).status, 200)
      const { status, headers, body } = await busy.call(MODEL, { json })
      assert.equal(status, 429)
      assert.equal(body['code'], 'queue_full')
      assert.match(String(headers.get('retry-after')), /^\d+$/u)
    } finally {
      await busy.stop()
    }
  })

  void test('over the limit of the account a job is backlogged', async () => {
    const busy = await startTestApp({ settings: { AFTERIMAGE_MAX_RUNNING_PER_ACCOUNT: '1' } })
    try {
      busy.engine.hold()
      const json = { prompt: 'x y z', image_urls: [dataUri] }
      await busy.call(MODEL, { json })
      assert.equal((await busy.call(MODEL, { json })).body['status'], 'backlogged')
    } finally {
      await busy.stop()
    }
  })

  void test('a nearly full disk is 507 for new bytes only', async () => {
    const full = await startTestApp({ measureFreeDisk: () => Promise.resolve(1000) })
    try {
      for (const path of [MODEL, '/assets']) {
        const { status, body } = await full.call(path, { method: 'POST', json: {} })
        assert.equal(status, 507, path)
        assert.equal(body['code'], 'storage_full')
      }
      assert.equal((await full.call('/jobs')).status, 200)
    } finally {
      await full.stop()
    }
  })
})

void describe('strict and lenient mode', () => {
  void test('strict: both null at submit, both absent while pending, no older names', async () => {
    const strict = await startTestApp({ settings: { AFTERIMAGE_COMPAT: 'strict' } })
    try {
      strict.engine.hold()
      const { body } = await strict.call(MODEL, { json: { prompt: 'x y z', image_urls: [dataUri] } })
      assert.equal(body['completed_at'], null)
      assert.equal(body['result'], null)
      const pending = (await strict.call(`/jobs/${String(body['job_id'])}`)).body
      assert.ok(!('completed_at' in pending) && !('result' in pending))
      const [listed] = (await strict.call('/jobs')).body['items'] as Record<string, unknown>[]
      assert.ok(listed !== undefined && !('result' in listed))
      assert.equal(
        (await strict.call(MODEL, { json: { prompt: 'x y z', imageUrls: [dataUri] } })).status,
        400,
      )
    } finally {
      await strict.stop()
    }
  })

  void test('lenient: path aliases, /v1, unknown fields with a header; none of it by default', async () => {
    const lenient = await startTestApp({ settings: { AFTERIMAGE_COMPAT: 'lenient' } })
    const json = { prompt: 'x y z', image_urls: [dataUri], negative_prompt: 'blur' }
    try {
      for (const path of ['/generate/image/krea/nano-banana-pro', `/v1${MODEL}`]) {
        const { status, headers } = await lenient.call(path, { json })
        assert.equal(status, 200, path)
        assert.notEqual(headers.get('x-afterimage-compat'), null)
        assert.notEqual((await submit(json, {}, path)).status, 200, path)
      }
    } finally {
      await lenient.stop()
    }
  })
})
