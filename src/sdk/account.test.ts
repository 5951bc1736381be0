import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startScriptedServer } from '../../test/sdk/scripted-server.ts'
import { Afterimage } from './index.ts'

void test('keys, usage and deliveries by their older name speak their routes', async () => {
  const page = { items: [{ id: 'd1' }], next_cursor: null }
  const server = await startScriptedServer(({ url }) => ({
    body: /deliveries\?|keys$/u.test(url) ? page : { id: 'x' },
  }))
  try {
    const client = new Afterimage({ apiKey: 'k', baseUrl: server.url })
    const deliveries = await client.deliveries.list({ jobId: 'j1', limit: 5 })
    assert.equal(deliveries.items[0]?.id, 'd1')
    await client.deliveries.get('d1')
    await client.deliveries.replay('d1')
    assert.equal((await client.keys.list()).length, 1)
    await client.keys.create({ name: 'ci', scopes: ['generate'] })
    await client.keys.revoke('k1')
    await client.usage({ from: '2026-11-01' })
    assert.deepEqual(
      server.received.map(({ method, url }) => `${method} ${url}`),
      [
        'GET /webhooks/deliveries?limit=5&job_id=j1',
        'GET /webhooks/deliveries/d1',
        'POST /webhooks/deliveries/d1/replay',
        'GET /keys',
        'POST /keys',
        'DELETE /keys/k1',
        'GET /usage?from=2026-11-01',
      ],
    )
    assert.deepEqual(JSON.parse(String(server.received[4]?.body)), { name: 'ci', scopes: ['generate'] })
  } finally {
    await server.close()
  }
})
