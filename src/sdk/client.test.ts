import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { jobJson, startScriptedServer } from '../../test/sdk/scripted-server.ts'
import type { Received, Reply } from '../../test/sdk/scripted-server.ts'
import { Afterimage, JobFailedError, Krea } from './index.ts'
import type { Job, SubmitOptions } from './index.ts'

async function withServer(
  script: (request: Received, index: number) => Reply,
  run: (krea: Krea, received: Received[]) => Promise<void>,
): Promise<void> {
  const server = await startScriptedServer(script)
  try {
    await run(new Krea({ apiKey: 'key:with:colons', baseUrl: server.url }), server.received)
  } finally {
    await server.close()
  }
}

const queued = (): Reply => ({ body: jobJson('j1', 'queued'), headers: { 'x-request-id': 'r1' } })

void describe('Krea', () => {
  void test('image, enhance, video and generateRaw post the input to their path and answer the job', async () => {
    await withServer(queued, async (krea, received) => {
      const input = { prompt: 'a rug', image_urls: ['https://x.test/a.png'] }
      await krea.image('google/nano-banana-pro', input)
      await krea.image('krea/krea-2/large', input)
      await krea.enhance('topaz/standard-enhance', { image_url: 'https://x.test/a.png' })
      await krea.video('bytedance/seedance', { prompt: 'x' })
      const job = await krea.generateRaw('image/bfl/flux-1-dev', { prompt: 'x' })
      assert.equal(job.job_id, 'j1')
      assert.deepEqual(
        received.map(({ method, url }) => `${method} ${url}`),
        [
          'POST /generate/image/google/nano-banana-pro',
          'POST /generate/image/krea/krea-2/large',
          'POST /generate/enhance/topaz/standard-enhance',
          'POST /generate/video/bytedance/seedance',
          'POST /generate/image/bfl/flux-1-dev',
        ],
      )
      assert.deepEqual(JSON.parse(String(received[0]?.body)), input)
      assert.equal(received[0]?.headers.authorization, 'Bearer key:with:colons')
      assert.equal(received[0]?.headers['content-type'], 'application/json')
    })
  })

  void test('a webhook, an idempotency key, the cache and own headers travel as headers', async () => {
    await withServer(queued, async (krea, received) => {
      const options: SubmitOptions = {
        webhookUrl: 'https://me.test/hook',
        idempotencyKey: 'order-7',
        cache: 'read, write',
        headers: { 'x-trace': '1' },
      }
      await krea.image('google/nano-banana', { prompt: 'x' }, options)
      const headers = received[0]?.headers ?? {}
      assert.equal(headers['x-webhook-url'], 'https://me.test/hook')
      assert.equal(headers['idempotency-key'], 'order-7')
      assert.equal(headers['x-afterimage-cache'], 'read, write')
      assert.equal(headers['x-trace'], '1')
    })
  })

  void test('a name cannot leave its route', async () => {
    await withServer(queued, async (krea, received) => {
      for (const id of ['../assets', 'a/b', '', '..'])
        await assert.rejects(async () => krea.jobs.get(id), { name: 'TypeError' }, id)
      await assert.rejects(krea.image('google/../../keys', {}), /found "image\/google/u)
      await krea.jobs.get('a?b#c d')
      assert.deepEqual(
        received.map(({ url }) => url),
        ['/jobs/a%3Fb%23c%20d'],
      )
    })
  })

  void test('subscribe reports each state and resolves with urls, job and request id', async () => {
    const script = (request: Received, index: number): Reply =>
      request.method === 'POST' ? queued() : { body: jobJson('j1', index < 2 ? 'processing' : 'completed') }
    await withServer(script, async (krea) => {
      const seen: Job['status'][] = []
      const onQueueUpdate = (job: Job): unknown => seen.push(job.status)
      const options = { input: { prompt: 'x' }, intervalMs: 1, onQueueUpdate }
      const { data, job, requestId } = await krea.subscribe('image/google/nano-banana', options)
      assert.deepEqual(seen, ['queued', 'processing', 'completed'])
      assert.deepEqual(data.urls, ['http://127.0.0.1/files/a'])
      assert.equal(job.job_id, 'j1')
      assert.equal(requestId, 'r1')
    })
  })

  void test('subscribe throws the failed job with its reason', async () => {
    const error = { code: 'engine_failed', message: 'the engine has no paint left', retryable: false }
    const script = (request: Received): Reply =>
      request.method === 'POST' ? queued() : { body: jobJson('j1', 'failed', { error }) }
    await withServer(script, async (krea) => {
      await assert.rejects(krea.subscribe('image/a/b', { input: {} }), (thrown: unknown) => {
        assert.ok(thrown instanceof JobFailedError)
        assert.equal(thrown.job.status, 'failed')
        assert.equal(thrown.code, 'engine_failed')
        assert.match(thrown.message, /Job j1 failed: the engine has no paint left/u)
        return true
      })
    })
  })

  void test('estimate asks for a dry run and answers its price', async () => {
    const script = (): Reply => ({
      body: { dry_run: true, engine: 'afterimage/local', cost: {}, warnings: [] },
    })
    await withServer(script, async (krea, received) => {
      const { engine } = await krea.estimate('image/google/nano-banana', { prompt: 'x' })
      assert.equal(engine, 'afterimage/local')
      assert.equal(received[0]?.url, '/generate/image/google/nano-banana?dry_run=1')
    })
  })

  void test('a picture elsewhere is fetched by the server', async () => {
    await withServer(
      () => ({ body: { id: 'a1' } }),
      async (krea, received) => {
        const asset = await krea.assets.uploadFromUrl('https://x.test/a.png', { filename: 'a.png' })
        assert.equal(asset.id, 'a1')
        assert.deepEqual(JSON.parse(String(received[0]?.body)), {
          url: 'https://x.test/a.png',
          name: 'a.png',
        })
      },
    )
  })

  void test('base URL: option over AFTERIMAGE_URL over the default, path kept, faults named', (t) => {
    const before = process.env['AFTERIMAGE_URL']
    t.after(() => {
      if (before === undefined) delete process.env['AFTERIMAGE_URL']
      else process.env['AFTERIMAGE_URL'] = before
    })
    delete process.env['AFTERIMAGE_URL']
    assert.equal(new Afterimage().baseUrl, 'http://127.0.0.1:4500')
    process.env['AFTERIMAGE_URL'] = 'https://images.example/api/'
    assert.equal(new Krea({ baseUrl: undefined }).baseUrl, 'https://images.example/api')
    assert.equal(new Krea({ baseUrl: 'http://localhost:1' }).baseUrl, 'http://localhost:1')
    assert.throws(() => new Krea({ baseUrl: 'images.example' }), /baseUrl: .*found "images\.example"/u)
  })

  void test('without a key no Authorization is sent, and the given fetch is used', async () => {
    const requests: [string, RequestInit | undefined][] = []
    const krea = new Krea({
      apiKey: '',
      baseUrl: 'https://images.example/api',
      fetch: (url, init) => {
        requests.push([url instanceof Request ? url.url : String(url), init])
        return Promise.resolve(Response.json([{ id: 'a/b', name: 'B', category: 'image' }]))
      },
    })
    assert.equal((await krea.models.list({ category: 'image' })).length, 1)
    assert.deepEqual(await krea.models.list({ category: 'enhance' }), [])
    assert.equal(requests[0]?.[0], 'https://images.example/api/models?category=image')
    assert.equal(new Headers(requests[0]?.[1]?.headers).has('authorization'), false)
  })
})
