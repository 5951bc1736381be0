import assert from 'node:assert/strict'
import { createHmac, randomBytes } from 'node:crypto'
import { describe, test } from 'node:test'
import { Webhook } from 'standardwebhooks'
import type { WebhookFault } from './index.ts'
import { verifyWebhook, WebhookVerificationError } from './index.ts'

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`
const NOW = 1_800_000_000
const options = { now: () => NOW * 1000 }
const BODY = '{"job_id":"j1","note":"ein Räuber ✏️"}'

function sign(body: string | Buffer, secret = SECRET, timestamp = NOW): Record<string, string> {
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64')
  const content = Buffer.concat([Buffer.from(`id-1.${timestamp}.`), Buffer.from(body)])
  return {
    'webhook-id': 'id-1',
    'webhook-timestamp': String(timestamp),
    'webhook-signature': `v1,${createHmac('sha256', key).update(content).digest('base64')}`,
  }
}

const hasFault = (code: WebhookFault) => (error: unknown) => {
  assert.ok(error instanceof WebhookVerificationError)
  assert.equal(error.code, code)
  assert.doesNotMatch(error.message, /whsec_/u)
  return true
}
const rejects = (
  code: WebhookFault,
  ...[headers, body = BODY, secret = SECRET]: [Record<string, string>, string?, string?]
) => assert.rejects(verifyWebhook(body, headers, secret, options), hasFault(code))

void describe('verifyWebhook', () => {
  void test('the vector that the specification publishes with its libraries', async () => {
    const headers = {
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    }
    const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
    const now = () => 1_614_265_330_000
    const answer: unknown = await verifyWebhook('{"test": 2432232314}', headers, secret, { now })
    assert.deepEqual(answer, { test: 2_432_232_314 })
  })

  void test('takes text and bytes, Headers and records, any case, lists, with and without prefix', async () => {
    const headers = sign(BODY)
    const upper = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name.toUpperCase(), value]),
    )
    const lists = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]]))
    for (const form of [headers, upper, lists, new Headers(headers)])
      for (const body of [BODY, new TextEncoder().encode(BODY), Buffer.from(BODY)])
        assert.equal((await verifyWebhook(body, form, SECRET, options)).job_id, 'j1')
    await verifyWebhook(BODY, headers, SECRET.slice(6), options)
  })

  void test('either secret of a rotation, either signature of one', async () => {
    const other = `whsec_${Buffer.alloc(24, 9).toString('base64')}`
    await verifyWebhook(BODY, sign(BODY), [other, SECRET], options)
    const [first, second] = [sign(BODY, other), sign(BODY)]
    const both = {
      ...first,
      'webhook-signature': `v1a,xyz ${first['webhook-signature']} ${second['webhook-signature']}`,
    }
    await verifyWebhook(BODY, both, SECRET, options)
    await verifyWebhook(BODY, both, other, options)
  })

  void test('the time may be off by the tolerance, not by a second more', async () => {
    for (const offset of [-300, 300])
      await verifyWebhook(BODY, sign(BODY, SECRET, NOW + offset), SECRET, options)
    await rejects('timestamp_too_old', sign(BODY, SECRET, NOW - 301))
    await rejects('timestamp_too_new', sign(BODY, SECRET, NOW + 301))
    const nothing = { ...options, toleranceSeconds: Number('not set') }
    await assert.rejects(verifyWebhook(BODY, sign(BODY, SECRET, NOW - 301), SECRET, nothing), RangeError)
    const old = sign(BODY, SECRET, NOW - 3000)
    await verifyWebhook(BODY, old, SECRET, { ...options, toleranceSeconds: 3000 })
    for (const time of ['', 'x', '1e9', '-1', ' 1', '99999999999999999999'])
      await rejects(time === '' ? 'missing_header' : 'invalid_timestamp', {
        ...sign(BODY),
        'webhook-timestamp': time,
      })
  })

  void test('says what is missing or wrong', async () => {
    for (const name of ['webhook-id', 'webhook-timestamp', 'webhook-signature']) {
      const { [name]: _gone, ...rest } = sign(BODY)
      await rejects('missing_header', rest)
    }
    await rejects('no_matching_signature', sign(BODY), `${BODY} `)
    await rejects('no_matching_signature', { ...sign(BODY), 'webhook-id': 'id-2' })
    await rejects('no_matching_signature', { ...sign(BODY), 'webhook-signature': 'v1,!!! v1, v2,AAAA' })
    await rejects('invalid_secret', sign(BODY), BODY, 'whsec_')
    await rejects('invalid_secret', sign(BODY), BODY, 'whsec_ü')
    await rejects('invalid_body', sign('not json'), 'not json')
  })

  void test('agrees with the public verifier on 300 random messages, and on each with one bit changed', async () => {
    for (let n = 0; n < 300; n += 1) {
      const secret = `whsec_${randomBytes(24 + (n % 41)).toString('base64')}`
      const body = JSON.stringify({ n, text: randomBytes(n).toString('latin1') })
      const timestamp = Math.floor(Date.now() / 1000)
      const headers = sign(body, secret, timestamp)
      assert.deepEqual(await verifyWebhook(body, headers, secret), new Webhook(secret).verify(body, headers))
      const changed = Buffer.from(body)
      const at = n % changed.length
      changed[at] = (changed[at] ?? 0) ^ 1
      await assert.rejects(verifyWebhook(changed, headers, secret), hasFault('no_matching_signature'))
      assert.throws(() => new Webhook(secret).verify(changed, headers))
    }
  })
})
