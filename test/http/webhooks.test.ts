/** Webhooks over a whole server: what is sent, and the header that asks for it. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Webhook } from 'standardwebhooks'
import { AfterimageError } from '../../src/core/errors.ts'
import { verifyWebhook } from '../../src/sdk/index.ts'
import { startTestApp } from '../support/app.ts'
import { MODEL, useWebhookBench, WEBHOOK_SETTINGS } from '../support/webhook-bench.ts'
import { startWebhookReceiver, webhookHeaders } from '../support/webhook-receiver.ts'

const bench = useWebhookBench()

void describe('a delivery', () => {
  void test('of a completed job: exactly the job, signed, once, without credentials', async () => {
    const count = bench.receiver.received.length
    const { body: accepted } = await bench.submit(`${bench.receiver.url}/hook?token=a%20b#part`)
    await bench.receiver.waitFor(count + 1)
    const message = bench.receiver.received[count]
    assert.ok(message !== undefined)
    assert.equal(message.method, 'POST')
    assert.equal(message.path, '/hook?token=a%20b')
    const job = await bench.app.call(`/jobs/${String(accepted['job_id'])}`)
    assert.equal(message.body, job.bytes.toString('utf8'))
    assert.equal(message.headers['content-type'], 'application/json')
    for (const name of ['authorization', 'cookie', 'referer']) assert.equal(message.headers[name], undefined)
    const [secret = ''] = await bench.secretsOf()
    assert.deepEqual(new Webhook(secret).verify(message.body, webhookHeaders(message)), job.body)
    assert.deepEqual(await verifyWebhook(message.body, message.headers, secret), job.body)
    const delivery = await bench.deliveryOf(accepted['job_id'], ({ status }) => status === 'delivered')
    assert.equal(delivery.id, message.headers['webhook-id'])
    assert.equal(delivery.attempt_count, 1)
    assert.equal(bench.receiver.received.length, count + 1)
  })

  void test('comes for failed and cancelled jobs too, and says so', async () => {
    const count = bench.receiver.received.length
    bench.app.engine.failNext(new AfterimageError('engine_rejected', 'The engine does not like raccoons.'))
    await bench.submit(`${bench.receiver.url}/failed`)
    await bench.receiver.waitFor(count + 1)
    bench.app.engine.hold()
    const { body } = await bench.submit(`${bench.receiver.url}/cancelled`)
    await bench.app.call(`/jobs/${String(body['job_id'])}/cancel`, { method: 'POST' })
    await bench.receiver.waitFor(count + 2)
    bench.app.engine.release()
    const statuses = bench.receiver.received
      .slice(count)
      .map(({ path, body }) => [path, (JSON.parse(body) as { status: string }).status])
    assert.deepEqual(statuses, [
      ['/failed', 'failed'],
      ['/cancelled', 'cancelled'],
    ])
  })

  void test('is not made for a job without the header, nor by a dry run', async () => {
    const { body } = await bench.app.call(MODEL, {
      json: { prompt: 'invert it', image_urls: [bench.source] },
    })
    await bench.app.settle(body['job_id'])
    assert.deepEqual(await bench.list(`job_id=${String(body['job_id'])}`), [])
    const before = (await bench.list('limit=1000')).length
    const dry = await bench.app.call(`${MODEL}?dry_run=1`, {
      json: { prompt: 'invert it', image_urls: [bench.source] },
      headers: { 'X-Webhook-URL': `${bench.receiver.url}/dry` },
    })
    assert.equal(dry.status, 200)
    assert.equal((await bench.list('limit=1000')).length, before)
  })

  void test('has the form of strict mode where the server is strict', async () => {
    const strict = await startTestApp({ settings: { ...WEBHOOK_SETTINGS, AFTERIMAGE_COMPAT: 'strict' } })
    try {
      const image = (await strict.upload())['image_url']
      const count = bench.receiver.received.length
      const { body } = await strict.call(MODEL, {
        json: { prompt: 'invert it', image_urls: [image] },
        headers: { 'X-Webhook-URL': `${bench.receiver.url}/strict` },
      })
      await bench.receiver.waitFor(count + 1)
      const job = await strict.call(`/jobs/${String(body['job_id'])}`)
      assert.equal(bench.receiver.received[count]?.body, job.bytes.toString('utf8'))
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
    bench.app.engine.hold()
    const picky = await startWebhookReceiver((response, index) =>
      response.writeHead(index === 0 ? 500 : 200).end(),
    )
    try {
      const { body } = await bench.submit(`${picky.url}/late`)
      bench.app.engine.release()
      await bench.app.settle(body['job_id'])
      const failed = await bench.deliveryOf(body['job_id'], ({ attempt_count }) => attempt_count === 1)
      assert.equal(
        (await bench.app.call(`/jobs/${String(body['job_id'])}`, { method: 'DELETE' })).status,
        200,
      )
      await bench.app.call(`/webhooks/deliveries/${failed.id}/replay`, { method: 'POST' })
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
      const { status, body } = await bench.submit(webhook)
      assert.equal(status, 400, webhook)
      assert.equal(body['code'], 'invalid_request', webhook)
      assert.match(String(body['error']), /^X-Webhook-URL: /u)
      assert.equal((body['issues'] as { path: string }[])[0]?.path, 'X-Webhook-URL')
      assert.ok(!String(body['error']).includes('secret'))
    }
    assert.deepEqual((await bench.list('status=pending')).length, 0)
  })
})
