import assert from 'node:assert/strict'
import { test } from 'node:test'
import { UPSTREAM_WEBHOOK_PATH, upstreamWebhookUrl } from '../../src/core/upstream-webhook.ts'
import { startTestApp } from '../support/app.ts'

void test('a report of a vendor is taken from anybody, whatever it says, and changes nothing', async () => {
  const app = await startTestApp()
  try {
    const bodies = [JSON.stringify({ id: 'x', status: 'failed' }), 'no JSON', 'x'.repeat(2_000_000), '']
    for (const body of bodies)
      for (const type of ['application/json', 'application/x-unknown', 'json', '/;;=', 'text/plain; =,']) {
        const answer = await fetch(`${app.url}${UPSTREAM_WEBHOOK_PATH}/any-job`, {
          method: 'POST',
          headers: { 'content-type': type },
          body,
        })
        assert.equal(answer.status, 204, type)
      }
    const nobody = await app.call(`${UPSTREAM_WEBHOOK_PATH}/`, { method: 'POST', body: '{}', key: null })
    assert.deepEqual([nobody.status, nobody.body['code']], [404, 'not_found'])
    assert.equal((await app.call('/jobs')).status, 200)
  } finally {
    await app.stop()
  }
})

void test('vendors are given an address only where they can call it', () => {
  assert.equal(upstreamWebhookUrl(null), null)
  assert.equal(upstreamWebhookUrl('http://img.example'), null)
  assert.equal(
    upstreamWebhookUrl('https://img.example/api')?.('job/1'),
    'https://img.example/api/webhooks/upstream/job%2F1',
  )
})
