import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { startScriptedServer } from '../../test/sdk/scripted-server.ts'
import { Afterimage } from './index.ts'

void describe('webhooks', () => {
  void test('every method speaks its route', async () => {
    const item = { id: 'd1', secret: 's', url: 'https://a.example' }
    const server = await startScriptedServer(() => ({ body: { ...item, items: [item], next_cursor: null } }))
    try {
      const { webhooks } = new Afterimage({ apiKey: 'k', baseUrl: server.url })
      assert.equal((await webhooks.deliveries.list({ status: 'failed', limit: 2 })).items[0]?.id, 'd1')
      await webhooks.deliveries.get('d1')
      await webhooks.deliveries.replay('d1')
      assert.equal((await webhooks.listSecrets())[0]?.secret, 's')
      assert.equal((await webhooks.rotateSecret()).length, 1)
      assert.equal((await webhooks.listDisabled())[0]?.url, 'https://a.example')
      await webhooks.enable('https://a.example')
      assert.equal((await webhooks.createSink()).url, 'https://a.example')
      assert.deepEqual(
        server.received.map(({ method, url }) => `${method} ${url}`),
        [
          'GET /webhooks/deliveries?limit=2&status=failed',
          'GET /webhooks/deliveries/d1',
          'POST /webhooks/deliveries/d1/replay',
          'GET /keys/current/webhook-secret',
          'POST /keys/current/webhook-secret/rotate',
          'GET /webhooks/disabled',
          'POST /webhooks/enable',
          'POST /webhooks/sink',
        ],
      )
      assert.deepEqual(JSON.parse(String(server.received[6]?.body)), { url: 'https://a.example' })
    } finally {
      await server.close()
    }
  })

  void test('the list goes on over its pages; what sends something is not repeated by itself', async () => {
    const server = await startScriptedServer(({ method, url }) =>
      method === 'POST'
        ? 'hangup'
        : { body: { items: [{ id: url }], next_cursor: url.includes('cursor') ? null : '2' } },
    )
    try {
      const { webhooks } = new Afterimage({ apiKey: 'k', baseUrl: server.url })
      const ids: string[] = []
      for await (const { id } of webhooks.deliveries.list({ limit: 1 })) ids.push(id)
      assert.deepEqual(ids, ['/webhooks/deliveries?limit=1', '/webhooks/deliveries?limit=1&cursor=2'])
      await assert.rejects(webhooks.deliveries.replay('d1'), { name: 'ConnectionError' })
      await assert.rejects(webhooks.rotateSecret(), { name: 'ConnectionError' })
      assert.equal(server.received.filter(({ method }) => method === 'POST').length, 2)
      await assert.rejects(webhooks.deliveries.get('../jobs'), TypeError)
    } finally {
      await server.close()
    }
  })
})

void describe('uploads with an idempotency key', () => {
  const asset = { id: 'a1', image_url: 'http://127.0.0.1/files/f', uploaded_at: '2026-11-24T10:00:00.000Z' }

  void test('carry it, and are sent again when the answer is lost', async () => {
    const server = await startScriptedServer((_request, index) => (index === 0 ? 'hangup' : { body: asset }))
    try {
      const { assets } = new Afterimage({ apiKey: 'k', baseUrl: server.url })
      const bytes = new Uint8Array([1, 2, 3])
      assert.equal((await assets.upload(bytes, { idempotencyKey: 'once' })).id, 'a1')
      await assets.uploadFromUrl('https://a.example/x.png', { idempotencyKey: 'twice' })
      await assets.upload(bytes)
      const keys = server.received.map(({ headers }) => headers['idempotency-key'])
      assert.deepEqual(keys, ['once', 'once', 'twice', undefined])
    } finally {
      await server.close()
    }
  })

  void test('are not sent again without one', async () => {
    const server = await startScriptedServer(() => 'hangup')
    try {
      const { assets } = new Afterimage({ apiKey: 'k', baseUrl: server.url })
      await assert.rejects(assets.upload(new Uint8Array([1])), { name: 'ConnectionError' })
      assert.equal(server.received.length, 1)
    } finally {
      await server.close()
    }
  })
})
