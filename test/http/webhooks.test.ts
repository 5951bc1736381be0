/** Webhooks over a whole server: the header, what is sent, the log, replay, secrets, the sink. */
import assert from 'node:assert/strict'
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { Ajv2020 } from 'ajv/dist/2020.js'
import ajvFormats from 'ajv-formats'
import { Webhook } from 'standardwebhooks'
import { AfterimageError } from '../../src/core/errors.ts'
import { verifyWebhook } from '../../src/sdk/index.ts'
import type { TestAnswer, TestApp } from '../support/app.ts'
import { startTestApp } from '../support/app.ts'
import type { WebhookReceiver } from '../support/webhook-receiver.ts'
import { RECEIVER_HOST, startWebhookReceiver, webhookHeaders } from '../support/webhook-receiver.ts'

const MODEL = '/generate/image/google/nano-banana-pro'
const NIL = '00000000-0000-4000-8000-000000000000'
const ALLOW = { AFTERIMAGE_ALLOW_PRIVATE_NETWORK: RECEIVER_HOST }
let app: TestApp
let receiver: WebhookReceiver
let source: unknown

before(async () => {
  app = await startTestApp({ settings: ALLOW })
  receiver = await startWebhookReceiver()
  source = (await app.upload())['image_url']
})
after(async () => {
  await app.stop()
  await receiver.close()
})

const submit = (webhook: string, key = app.key): Promise<TestAnswer> =>
  app.call(MODEL, {
    json: { prompt: 'invert it', image_urls: [source] },
    headers: { 'X-Webhook-URL': webhook },
    key,
  })

type Listed = {
  id: string
  job_id: string
  status: string
  attempt_count: number
  next_attempt_at: string | null
}
type Attempt = {
  number: number
  error: string | null
  request: { headers: Record<string, string> }
  response: { status: number; headers: Record<string, string>; body: string; is_body_cut: boolean } | null
}

const list = async (query: string, key = app.key): Promise<Listed[]> =>
  (await app.call(`/webhooks/deliveries?${query}`, { key })).body['items'] as Listed[]

/** The delivery of a job as soon as `isReached` holds for it. */
async function deliveryOf(jobId: unknown, isReached: (delivery: Listed) => boolean): Promise<Listed> {
  for (;;) {
    const [delivery] = await list(`job_id=${String(jobId)}`)
    if (delivery !== undefined && isReached(delivery)) return delivery
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

async function secretsOf(key = app.key): Promise<string[]> {
  const { body } = await app.call('/keys/current/webhook-secret', { key })
  return (body['items'] as { secret: string }[]).map(({ secret }) => secret)
}

void describe('a delivery', () => {
  void test('of a completed job: exactly the job, signed, once, without credentials', async () => {
    const count = receiver.received.length
    const { body: accepted } = await submit(`${receiver.url}/hook?token=a%20b#part`)
    await receiver.waitFor(count + 1)
    const message = receiver.received[count]
    assert.ok(message !== undefined)
    assert.equal(message.method, 'POST')
    assert.equal(message.path, '/hook?token=a%20b')
    const job = await app.call(`/jobs/${String(accepted['job_id'])}`)
    assert.equal(message.body, job.bytes.toString('utf8'))
    assert.equal(message.headers['content-type'], 'application/json')
    for (const name of ['authorization', 'cookie', 'referer']) assert.equal(message.headers[name], undefined)
    const [secret = ''] = await secretsOf()
    assert.deepEqual(new Webhook(secret).verify(message.body, webhookHeaders(message)), job.body)
    assert.deepEqual(await verifyWebhook(message.body, message.headers, secret), job.body)
    const delivery = await deliveryOf(accepted['job_id'], ({ status }) => status === 'delivered')
    assert.equal(delivery.id, message.headers['webhook-id'])
    assert.equal(delivery.attempt_count, 1)
    assert.equal(receiver.received.length, count + 1)
  })

  void test('comes for failed and cancelled jobs too, and says so', async () => {
    const count = receiver.received.length
    app.engine.failNext(new AfterimageError('engine_rejected', 'The engine does not like raccoons.'))
    await submit(`${receiver.url}/failed`)
    await receiver.waitFor(count + 1)
    app.engine.hold()
    const { body } = await submit(`${receiver.url}/cancelled`)
    await app.call(`/jobs/${String(body['job_id'])}/cancel`, { method: 'POST' })
    await receiver.waitFor(count + 2)
    app.engine.release()
    const statuses = receiver.received
      .slice(count)
      .map(({ path, body }) => [path, (JSON.parse(body) as { status: string }).status])
    assert.deepEqual(statuses, [
      ['/failed', 'failed'],
      ['/cancelled', 'cancelled'],
    ])
  })

  void test('is not made for a job without the header, nor by a dry run', async () => {
    const { body } = await app.call(MODEL, { json: { prompt: 'invert it', image_urls: [source] } })
    await app.settle(body['job_id'])
    assert.deepEqual(await list(`job_id=${String(body['job_id'])}`), [])
    const before = (await list('limit=1000')).length
    const dry = await app.call(`${MODEL}?dry_run=1`, {
      json: { prompt: 'invert it', image_urls: [source] },
      headers: { 'X-Webhook-URL': `${receiver.url}/dry` },
    })
    assert.equal(dry.status, 200)
    assert.equal((await list('limit=1000')).length, before)
  })

  void test('has the form of strict mode where the server is strict', async () => {
    const strict = await startTestApp({ settings: { ...ALLOW, AFTERIMAGE_COMPAT: 'strict' } })
    try {
      const image = (await strict.upload())['image_url']
      const count = receiver.received.length
      const { body } = await strict.call(MODEL, {
        json: { prompt: 'invert it', image_urls: [image] },
        headers: { 'X-Webhook-URL': `${receiver.url}/strict` },
      })
      await receiver.waitFor(count + 1)
      const job = await strict.call(`/jobs/${String(body['job_id'])}`)
      assert.equal(receiver.received[count]?.body, job.bytes.toString('utf8'))
      assert.deepEqual(Object.keys(job.body).sort(), [
        'completed_at',
        'created_at',
        'job_id',
        'result',
        'status',
      ])
    } finally {
      await strict.stop()
    }
  })

  void test('outlives the deletion of its job, without leaving the prompt behind', async () => {
    app.engine.hold()
    const picky = await startWebhookReceiver((response, index) =>
      response.writeHead(index === 0 ? 500 : 200).end(),
    )
    try {
      const { body } = await submit(`${picky.url}/late`)
      app.engine.release()
      await app.settle(body['job_id'])
      const failed = await deliveryOf(body['job_id'], ({ attempt_count }) => attempt_count === 1)
      assert.equal((await app.call(`/jobs/${String(body['job_id'])}`, { method: 'DELETE' })).status, 200)
      await app.call(`/webhooks/deliveries/${failed.id}/replay`, { method: 'POST' })
      const [first, second] = await picky.waitFor(2)
      assert.equal(first?.body, second?.body)
      assert.ok(!first?.body.includes('invert it'))
    } finally {
      await picky.close()
    }
  })
})

void describe('the header', () => {
  void test('is refused with its name when it is no public http(s) address', async () => {
    const bad = [
      '',
      'hook',
      '/hook',
      'ftp://example.com/',
      'file:///etc/passwd',
      'javascript:alert(1)',
      'http://user:secret@example.com/',
      'http://127.0.0.1/hook',
      'http://localhost/hook',
      'http://[::1]/',
      'http://2130706433/',
      'http://169.254.169.254/latest/meta-data',
      'http://10.0.0.1:8080/',
      'https://a.example/, https://b.example/',
      `https://example.com/${'x'.repeat(2048)}`,
    ]
    for (const webhook of bad) {
      const { status, body } = await submit(webhook)
      assert.equal(status, 400, webhook)
      assert.equal(body['code'], 'invalid_request', webhook)
      assert.match(String(body['error']), /^X-Webhook-URL: /u)
      assert.equal((body['issues'] as { path: string }[])[0]?.path, 'X-Webhook-URL')
      assert.ok(!String(body['error']).includes('secret'))
    }
    assert.deepEqual((await list('status=pending')).length, 0)
  })
})

void describe('the log', () => {
  void test('shows request and answer of each try, never a secret, and filters by job and status', async () => {
    const talkative = await startWebhookReceiver((response) =>
      response.writeHead(503, { 'x-why': 'busy', 'set-cookie': 'session=1' }).end('é'.repeat(3000)),
    )
    try {
      const { body } = await submit(`${talkative.url}/talk`)
      const delivery = await deliveryOf(
        body['job_id'],
        ({ attempt_count, next_attempt_at }) =>
          attempt_count === 1 && next_attempt_at !== null && Date.parse(next_attempt_at) > Date.now() + 2000,
      )
      assert.equal(delivery.status, 'pending')
      assert.ok(Date.parse(delivery.next_attempt_at ?? '') <= Date.now() + 6000)
      const shown = await app.call(`/webhooks/deliveries/${delivery.id}`)
      assert.equal((shown.body['body'] as { job_id: string }).job_id, body['job_id'])
      const [attempt] = shown.body['attempts'] as Attempt[]
      assert.equal(attempt?.error, 'The endpoint answered 503.')
      assert.equal(attempt.response?.status, 503)
      assert.equal(attempt.response.headers['x-why'], 'busy')
      assert.equal(attempt.response.headers['set-cookie'], undefined)
      assert.equal(attempt.response.body, 'é'.repeat(2048))
      assert.equal(attempt.response.is_body_cut, true)
      assert.match(attempt.request.headers['webhook-signature'] ?? '', /^v1,/u)
      const [secret = ''] = await secretsOf()
      assert.ok(!shown.bytes.toString('utf8').includes(secret.slice(6)))
      assert.ok((await list('status=pending')).some(({ id }) => id === delivery.id))
      assert.ok((await list('status=delivered')).every(({ id }) => id !== delivery.id))
      assert.equal((await app.call('/webhooks/deliveries?status=lost')).status, 400)
    } finally {
      await talkative.close()
    }
  })

  void test('pages newest first without a gap', async () => {
    const all = (await list('limit=1000')).map(({ id }) => id)
    const seen: string[] = []
    let cursor = ''
    do {
      const { body } = await app.call(`/webhooks/deliveries?limit=2${cursor}`)
      seen.push(...(body['items'] as Listed[]).map(({ id }) => id))
      const next = body['next_cursor']
      cursor = typeof next === 'string' ? `&cursor=${encodeURIComponent(next)}` : ''
    } while (cursor !== '')
    assert.ok(all.length > 4)
    assert.deepEqual(seen, all)
  })

  void test('of another account is like what never existed', async () => {
    const [delivery] = await list('limit=1')
    assert.deepEqual(await list('', app.otherKey), [])
    for (const [method, path] of [
      ['GET', ''],
      ['POST', '/replay'],
    ] as const) {
      const headers = { 'x-request-id': 'same-id-12' }
      const call = (id: string): Promise<TestAnswer> =>
        app.call(`/webhooks/deliveries/${id}${path}`, { method, key: app.otherKey, headers })
      const [theirs, nobodys] = [await call(delivery?.id ?? ''), await call(NIL)]
      assert.equal(theirs.status, 404)
      assert.deepEqual(theirs.bytes, nobodys.bytes)
    }
    assert.equal((await app.call('/webhooks/deliveries/x')).status, 404)
    assert.equal((await app.call('/webhooks/deliveries', { key: null })).status, 401)
  })

  void test('replay sends once more under the same id', async () => {
    const count = receiver.received.length
    const { body } = await submit(`${receiver.url}/again`)
    const delivery = await deliveryOf(body['job_id'], ({ status }) => status === 'delivered')
    const replay = await app.call(`/webhooks/deliveries/${delivery.id}/replay`, { method: 'POST' })
    assert.equal(replay.status, 200)
    assert.equal(replay.body['status'], 'pending')
    await receiver.waitFor(count + 2)
    const [first, second] = receiver.received.slice(count)
    assert.equal(first?.headers['webhook-id'], second?.headers['webhook-id'])
    assert.equal(first?.body, second?.body)
    await deliveryOf(
      body['job_id'],
      ({ status, attempt_count }) => status === 'delivered' && attempt_count === 2,
    )
  })
})

void describe('the OpenAPI document', () => {
  void test('describes every answer of these routes as it is', async () => {
    const { components } = (await app.call('/openapi.json')).body
    const ajv = new Ajv2020({ strict: false, allErrors: true })
    ajvFormats.default(ajv)
    const assertIs = (schema: string, { status, body }: TestAnswer): void => {
      assert.equal(status, 200, schema)
      const validate = ajv.compile({ $ref: `#/components/schemas/${schema}`, components })
      assert.ok(validate(body), `${schema}: ${ajv.errorsText(validate.errors)}`)
    }
    const [delivery] = await list('status=delivered&limit=1')
    const path = `/webhooks/deliveries/${delivery?.id}`
    assertIs('DeliveryPage', await app.call('/webhooks/deliveries?limit=5'))
    assertIs('DeliveryDetail', await app.call(path))
    assertIs('Delivery', await app.call(`${path}/replay`, { method: 'POST' }))
    assertIs('DisabledWebhooks', await app.call('/webhooks/disabled'))
    assertIs('WebhookSecrets', await app.call('/keys/current/webhook-secret'))
    const sink = await app.call('/webhooks/sink', { method: 'POST' })
    assertIs('WebhookSink', sink)
    const sinkPath = new URL(String(sink.body['url'])).pathname
    await app.call(sinkPath, { body: 'x' })
    assertIs('WebhookSinkPage', await app.call(sinkPath))
  })
})

void describe('410 Gone', () => {
  void test('disables the address until it is enabled again; then a replay delivers', async () => {
    const gone = await startWebhookReceiver((response, index) =>
      response.writeHead(index === 0 ? 410 : 200).end(),
    )
    try {
      const url = `${gone.url}/gone`
      const { body } = await submit(url)
      await deliveryOf(body['job_id'], ({ status }) => status === 'failed')
      const next = await submit(url)
      const skipped = await deliveryOf(next.body['job_id'], ({ status }) => status === 'failed')
      assert.equal(skipped.attempt_count, 0)
      assert.equal(gone.received.length, 1)
      const other = await submit(`${gone.url}/other`)
      await deliveryOf(other.body['job_id'], ({ status }) => status === 'delivered')

      const replay = `/webhooks/deliveries/${skipped.id}/replay`
      assert.equal((await app.call(replay, { method: 'POST' })).status, 409)
      const disabled = (await app.call('/webhooks/disabled')).body['items'] as { url: string }[]
      assert.deepEqual(
        disabled.map((entry) => entry.url),
        [url],
      )
      const enable = (json: unknown, key = app.key): Promise<TestAnswer> =>
        app.call('/webhooks/enable', { json, key })
      assert.equal((await enable({ url }, app.otherKey)).status, 404)
      assert.equal((await enable({})).status, 400)
      assert.equal((await enable({ url })).status, 200)
      assert.equal((await enable({ url })).status, 404)
      assert.equal((await app.call(replay, { method: 'POST' })).status, 200)
      await deliveryOf(next.body['job_id'], ({ status }) => status === 'delivered')
    } finally {
      await gone.close()
    }
  })
})

void describe('secrets', () => {
  void test('one for each key, shown to that key only, encrypted at rest, the key file private', async () => {
    const [own = '', theirs = ''] = [...(await secretsOf()), ...(await secretsOf(app.otherKey))]
    assert.match(own, /^whsec_[A-Za-z0-9+/]{43}=$/u)
    assert.notEqual(own, theirs)
    const { body } = await app.call('/keys/current/webhook-secret', { key: app.otherKey })
    const foreign = `/keys/${String(body['key_id'])}/webhook-secret`
    assert.equal((await app.call(foreign, { key: app.otherKey })).status, 200)
    assert.equal((await app.call(foreign)).status, 404)
    assert.equal((await app.call(`${foreign}/rotate`, { method: 'POST' })).status, 404)
    assert.equal((await app.call(foreign, { key: null })).status, 401)
    const data = join(app.directory, 'data')
    for (const file of ['afterimage.db', 'afterimage.db-wal'])
      assert.ok(!readFileSync(join(data, file)).includes(own.slice(6)), file)
    if (process.platform !== 'win32') assert.equal(statSync(join(data, 'secret.key')).mode & 0o077, 0)
  })

  void test('a rotation signs with both, so that receivers of either are served', async () => {
    const [old = ''] = await secretsOf()
    const { status, headers } = await app.call('/keys/current/webhook-secret/rotate', { method: 'POST' })
    assert.equal(status, 200)
    assert.equal(headers.get('cache-control'), 'no-store')
    const [newest = '', previous = ''] = await secretsOf()
    assert.equal(previous, old)
    const count = receiver.received.length
    await submit(`${receiver.url}/rotated`)
    await receiver.waitFor(count + 1)
    const message = receiver.received[count]
    assert.ok(message !== undefined)
    for (const secret of [newest, old]) new Webhook(secret).verify(message.body, webhookHeaders(message))
    await app.call('/keys/current/webhook-secret/rotate', { method: 'POST' })
    assert.deepEqual((await secretsOf()).slice(1), [newest], 'never more than two')
  })
})

void describe('the built-in sink', () => {
  void test('takes the deliveries of jobs and whatever else is posted, and shows them to whoever knows it', async () => {
    const made = await app.call('/webhooks/sink', { method: 'POST' })
    const url = String(made.body['url'])
    assert.ok(url.startsWith(`${app.url}/webhooks/sink/`))
    const path = new URL(url).pathname
    const waiting = app.call(`${path}?wait=20`, { key: null })
    const { body } = await submit(url)
    const { body: page } = await waiting
    const [message] = page['items'] as { headers: Record<string, string>; body: string }[]
    const [secret = ''] = await secretsOf()
    const job = await verifyWebhook(message?.body ?? '', message?.headers ?? {}, secret)
    assert.equal(job.job_id, body['job_id'])
    await deliveryOf(body['job_id'], ({ status }) => status === 'delivered')

    const posted = await app.call(path, {
      body: '{not json',
      key: null,
      headers: { 'content-type': 'application/json' },
    })
    assert.equal(posted.status, 204)
    const later = await app.call(`${path}?cursor=${String(page['cursor'])}`, { key: null })
    assert.deepEqual(
      (later.body['items'] as { body: string }[]).map((item) => item.body),
      ['{not json'],
    )
  })

  void test('needs a key to be made, an id that this server made, and a body of a sensible size', async () => {
    assert.equal((await app.call('/webhooks/sink', { method: 'POST', key: null })).status, 401)
    const unknown = `/webhooks/sink/${'0'.repeat(64)}`
    assert.equal((await app.call(unknown, { key: null })).status, 404)
    assert.equal((await app.call(unknown, { body: 'x', key: null })).status, 404)
    const made = await app.call('/webhooks/sink', { method: 'POST' })
    const path = new URL(String(made.body['url'])).pathname
    assert.equal((await app.call(path, { body: 'x'.repeat(300_000), key: null })).status, 413)
    assert.equal((await app.call(`${path}?wait=26`, { key: null })).status, 400)
  })
})
