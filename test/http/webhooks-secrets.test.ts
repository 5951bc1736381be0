/** The secrets that sign webhooks, and the built-in sink, over a whole server. */
import assert from 'node:assert/strict'
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { Webhook } from 'standardwebhooks'
import { verifyWebhook } from '../../src/sdk/index.ts'
import { useWebhookBench } from '../support/webhook-bench.ts'
import { webhookHeaders } from '../support/webhook-receiver.ts'

const bench = useWebhookBench()

void describe('secrets', () => {
  void test('one for each key, shown to that key only, encrypted at rest, the key file private', async () => {
    const [own = '', theirs = ''] = [
      ...(await bench.secretsOf()),
      ...(await bench.secretsOf(bench.app.otherKey)),
    ]
    assert.match(own, /^whsec_[A-Za-z0-9+/]{43}=$/u)
    assert.notEqual(own, theirs)
    const { body } = await bench.app.call('/keys/current/webhook-secret', { key: bench.app.otherKey })
    const foreign = `/keys/${String(body['key_id'])}/webhook-secret`
    assert.equal((await bench.app.call(foreign, { key: bench.app.otherKey })).status, 200)
    assert.equal((await bench.app.call(foreign)).status, 404)
    assert.equal((await bench.app.call(`${foreign}/rotate`, { method: 'POST' })).status, 404)
    assert.equal((await bench.app.call(foreign, { key: null })).status, 401)
    const data = join(bench.app.directory, 'data')
    for (const file of ['afterimage.db', 'afterimage.db-wal'])
      assert.ok(!readFileSync(join(data, file)).includes(own.slice(6)), file)
    if (process.platform !== 'win32') assert.equal(statSync(join(data, 'secret.key')).mode & 0o077, 0)
  })

  void test('a rotation signs with both, so that receivers of either are served', async () => {
    const [old = ''] = await bench.secretsOf()
    const { status, headers } = await bench.app.call('/keys/current/webhook-secret/rotate', {
      method: 'POST',
    })
    assert.equal(status, 200)
    assert.equal(headers.get('cache-control'), 'no-store')
    const [newest = '', previous = ''] = await bench.secretsOf()
    assert.equal(previous, old)
    const count = bench.receiver.received.length
    await bench.submit(`${bench.receiver.url}/rotated`)
    await bench.receiver.waitFor(count + 1)
    const message = bench.receiver.received[count]
    assert.ok(message !== undefined)
    for (const secret of [newest, old]) new Webhook(secret).verify(message.body, webhookHeaders(message))
    await bench.app.call('/keys/current/webhook-secret/rotate', { method: 'POST' })
    assert.deepEqual((await bench.secretsOf()).slice(1), [newest], 'never more than two')
  })
})

void describe('the built-in sink', () => {
  void test('takes the deliveries of jobs and whatever else is posted, and shows them to whoever knows it', async () => {
    const made = await bench.app.call('/webhooks/sink', { method: 'POST' })
    const url = String(made.body['url'])
    assert.ok(url.startsWith(`${bench.app.url}/webhooks/sink/`))
    const path = new URL(url).pathname
    const waiting = bench.app.call(`${path}?wait=20`, { key: null })
    const { body } = await bench.submit(url)
    const { body: page } = await waiting
    const [message] = page['items'] as { headers: Record<string, string>; body: string }[]
    const [secret = ''] = await bench.secretsOf()
    const job = await verifyWebhook(message?.body ?? '', message?.headers ?? {}, secret)
    assert.equal(job.job_id, body['job_id'])
    await bench.deliveryOf(body['job_id'], ({ status }) => status === 'delivered')

    const posted = await bench.app.call(path, {
      body: '{not json',
      key: null,
      headers: { 'content-type': 'application/json' },
    })
    assert.equal(posted.status, 204)
    const later = await bench.app.call(`${path}?cursor=${String(page['cursor'])}`, { key: null })
    assert.deepEqual(
      (later.body['items'] as { body: string }[]).map((item) => item.body),
      ['{not json'],
    )
  })

  void test('takes a body of any type, of none and of what is no type, and shows the type as it came', async () => {
    const made = await bench.app.call('/webhooks/sink', { method: 'POST' })
    const path = new URL(String(made.body['url'])).pathname
    for (const type of ['', 'nonsense', 'text/plain; charset', 'application/x-anything']) {
      const posted = await bench.app.call(path, { body: 'x', key: null, headers: { 'content-type': type } })
      assert.equal(posted.status, 204, type)
    }
    const { body } = await bench.app.call(path, { key: null })
    assert.deepEqual(
      (body['items'] as { headers: Record<string, string>; body: string }[]).map((item) => [
        item.headers['content-type'],
        item.body,
      ]),
      [
        ['', 'x'],
        ['nonsense', 'x'],
        ['text/plain; charset', 'x'],
        ['application/x-anything', 'x'],
      ],
    )
  })

  void test('needs a key to be made, an id that this server made, and a body of a sensible size', async () => {
    assert.equal((await bench.app.call('/webhooks/sink', { method: 'POST', key: null })).status, 401)
    const unknown = `/webhooks/sink/${'0'.repeat(64)}`
    assert.equal((await bench.app.call(unknown, { key: null })).status, 404)
    assert.equal((await bench.app.call(unknown, { body: 'x', key: null })).status, 404)
    const made = await bench.app.call('/webhooks/sink', { method: 'POST' })
    const path = new URL(String(made.body['url'])).pathname
    assert.equal((await bench.app.call(path, { body: 'x'.repeat(300_000), key: null })).status, 413)
    assert.equal((await bench.app.call(`${path}?wait=26`, { key: null })).status, 400)
  })
})
