/** The log of deliveries over a whole server: what it shows and to whom, replay, addresses that are gone, its description. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Ajv2020 } from 'ajv/dist/2020.js'
import ajvFormats from 'ajv-formats'
import type { TestAnswer } from '../support/app.ts'
import type { Listed } from '../support/webhook-bench.ts'
import { useWebhookBench } from '../support/webhook-bench.ts'
import { startWebhookReceiver } from '../support/webhook-receiver.ts'

const NIL = '00000000-0000-4000-8000-000000000000'

type Attempt = {
  number: number
  error: string | null
  request: { headers: Record<string, string> }
  response: { status: number; headers: Record<string, string>; body: string; is_body_cut: boolean } | null
}

const bench = useWebhookBench()

void describe('the log', () => {
  void test('shows request and answer of each try, never a secret, and filters by job and status', async () => {
    const talkative = await startWebhookReceiver((response) =>
      response.writeHead(503, { 'x-why': 'busy', 'set-cookie': 'session=1' }).end('é'.repeat(3000)),
    )
    try {
      const { body } = await bench.submit(`${talkative.url}/talk`)
      const delivery = await bench.deliveryOf(
        body['job_id'],
        ({ attempt_count, next_attempt_at }) =>
          attempt_count === 1 && next_attempt_at !== null && Date.parse(next_attempt_at) > Date.now() + 2000,
      )
      assert.equal(delivery.status, 'pending')
      assert.ok(Date.parse(delivery.next_attempt_at ?? '') <= Date.now() + 6000)
      const shown = await bench.app.call(`/webhooks/deliveries/${delivery.id}`)
      assert.equal((shown.body['body'] as { job_id: string }).job_id, body['job_id'])
      const [attempt] = shown.body['attempts'] as Attempt[]
      assert.equal(attempt?.error, 'The endpoint answered 503.')
      assert.equal(attempt.response?.status, 503)
      assert.equal(attempt.response.headers['x-why'], 'busy')
      assert.equal(attempt.response.headers['set-cookie'], undefined)
      assert.equal(attempt.response.body, 'é'.repeat(2048))
      assert.equal(attempt.response.is_body_cut, true)
      assert.match(attempt.request.headers['webhook-signature'] ?? '', /^v1,/u)
      const [secret = ''] = await bench.secretsOf()
      assert.ok(!shown.bytes.toString('utf8').includes(secret.slice(6)))
      assert.ok((await bench.list('status=pending')).some(({ id }) => id === delivery.id))
      assert.ok((await bench.list('status=delivered')).every(({ id }) => id !== delivery.id))
      assert.equal((await bench.app.call('/webhooks/deliveries?status=lost')).status, 400)
    } finally {
      await talkative.close()
    }
  })

  void test('pages newest first without a gap', async () => {
    for (let made = 0; made < 5; made++) {
      const { body } = await bench.submit(`${bench.receiver.url}/page`)
      await bench.deliveryOf(body['job_id'], ({ status }) => status === 'delivered')
    }
    const all = (await bench.list('limit=1000')).map(({ id }) => id)
    const seen: string[] = []
    let cursor = ''
    do {
      const { body } = await bench.app.call(`/webhooks/deliveries?limit=2${cursor}`)
      seen.push(...(body['items'] as Listed[]).map(({ id }) => id))
      const next = body['next_cursor']
      cursor = typeof next === 'string' ? `&cursor=${encodeURIComponent(next)}` : ''
    } while (cursor !== '')
    assert.ok(all.length > 4)
    assert.deepEqual(seen, all)
  })

  void test('of another account is like what never existed', async () => {
    const [delivery] = await bench.list('limit=1')
    assert.deepEqual(await bench.list('', bench.app.otherKey), [])
    for (const [method, path] of [
      ['GET', ''],
      ['POST', '/replay'],
    ] as const) {
      const headers = { 'x-request-id': 'same-id-12' }
      const call = (id: string): Promise<TestAnswer> =>
        bench.app.call(`/webhooks/deliveries/${id}${path}`, { method, key: bench.app.otherKey, headers })
      const [theirs, nobodys] = [await call(delivery?.id ?? ''), await call(NIL)]
      assert.equal(theirs.status, 404)
      assert.deepEqual(theirs.bytes, nobodys.bytes)
    }
    assert.equal((await bench.app.call('/webhooks/deliveries/x')).status, 404)
    assert.equal((await bench.app.call('/webhooks/deliveries', { key: null })).status, 401)
  })

  void test('replay sends once more under the same id', async () => {
    const count = bench.receiver.received.length
    const { body } = await bench.submit(`${bench.receiver.url}/again`)
    const delivery = await bench.deliveryOf(body['job_id'], ({ status }) => status === 'delivered')
    const replay = await bench.app.call(`/webhooks/deliveries/${delivery.id}/replay`, { method: 'POST' })
    assert.equal(replay.status, 200)
    assert.equal(replay.body['status'], 'pending')
    await bench.receiver.waitFor(count + 2)
    const [first, second] = bench.receiver.received.slice(count)
    assert.equal(first?.headers['webhook-id'], second?.headers['webhook-id'])
    assert.equal(first?.body, second?.body)
    await bench.deliveryOf(
      body['job_id'],
      ({ status, attempt_count }) => status === 'delivered' && attempt_count === 2,
    )
  })
})

void describe('410 Gone', () => {
  void test('disables the address until it is enabled again; then a replay delivers', async () => {
    const gone = await startWebhookReceiver((response, index) =>
      response.writeHead(index === 0 ? 410 : 200).end(),
    )
    try {
      const url = `${gone.url}/gone`
      const { body } = await bench.submit(url)
      await bench.deliveryOf(body['job_id'], ({ status }) => status === 'failed')
      const next = await bench.submit(url)
      const skipped = await bench.deliveryOf(next.body['job_id'], ({ status }) => status === 'failed')
      assert.equal(skipped.attempt_count, 0)
      assert.equal(gone.received.length, 1)
      const other = await bench.submit(`${gone.url}/other`)
      await bench.deliveryOf(other.body['job_id'], ({ status }) => status === 'delivered')

      const replay = `/webhooks/deliveries/${skipped.id}/replay`
      assert.equal((await bench.app.call(replay, { method: 'POST' })).status, 409)
      const disabled = (await bench.app.call('/webhooks/disabled')).body['items'] as { url: string }[]
      assert.deepEqual(
        disabled.map((entry) => entry.url),
        [url],
      )
      const enable = (json: unknown, key = bench.app.key): Promise<TestAnswer> =>
        bench.app.call('/webhooks/enable', { json, key })
      assert.equal((await enable({ url }, bench.app.otherKey)).status, 404)
      assert.equal((await enable({})).status, 400)
      assert.equal((await enable({ url })).status, 200)
      assert.equal((await enable({ url })).status, 404)
      assert.equal((await bench.app.call(replay, { method: 'POST' })).status, 200)
      await bench.deliveryOf(next.body['job_id'], ({ status }) => status === 'delivered')
    } finally {
      await gone.close()
    }
  })
})

void describe('the OpenAPI document', () => {
  void test('describes every answer of these routes as it is', async () => {
    const { components } = (await bench.app.call('/openapi.json')).body
    const ajv = new Ajv2020({ strict: false, allErrors: true })
    ajvFormats.default(ajv)
    const assertIs = (schema: string, { status, body }: TestAnswer): void => {
      assert.equal(status, 200, schema)
      const validate = ajv.compile({ $ref: `#/components/schemas/${schema}`, components })
      assert.ok(validate(body), `${schema}: ${ajv.errorsText(validate.errors)}`)
    }
    const [delivery] = await bench.list('status=delivered&limit=1')
    const path = `/webhooks/deliveries/${delivery?.id}`
    assertIs('DeliveryPage', await bench.app.call('/webhooks/deliveries?limit=5'))
    assertIs('DeliveryDetail', await bench.app.call(path))
    assertIs('Delivery', await bench.app.call(`${path}/replay`, { method: 'POST' }))
    assertIs('DisabledWebhooks', await bench.app.call('/webhooks/disabled'))
    assertIs('WebhookSecrets', await bench.app.call('/keys/current/webhook-secret'))
    const sink = await bench.app.call('/webhooks/sink', { method: 'POST' })
    assertIs('WebhookSink', sink)
    const sinkPath = new URL(String(sink.body['url'])).pathname
    await bench.app.call(sinkPath, { body: 'x' })
    assertIs('WebhookSinkPage', await bench.app.call(sinkPath))
  })
})
