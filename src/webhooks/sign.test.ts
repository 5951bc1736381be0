import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Webhook } from 'standardwebhooks'
import { signMessage } from './sign.ts'

void describe('signatures', () => {
  void test('the vector that the specification publishes with its libraries', () => {
    const signature = signMessage(
      { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', timestampSeconds: 1_614_265_330, body: '{"test": 2432232314}' },
      ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'],
    )
    assert.equal(signature, 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=')
  })

  void test('one for each secret; the public verifier takes the message with either, not with a third', () => {
    const secrets = [1, 2].map((seed) => `whsec_${Buffer.alloc(32, seed).toString('base64')}`)
    const body = '{"prompt":"ein Räuber ✏️"}'
    const timestampSeconds = Math.floor(Date.now() / 1000)
    const signature = signMessage({ id: 'a', timestampSeconds, body }, secrets)
    assert.equal(signature.split(' ').length, 2)
    const headers = {
      'webhook-id': 'a',
      'webhook-timestamp': String(timestampSeconds),
      'webhook-signature': signature,
    }
    for (const secret of secrets)
      assert.deepEqual(new Webhook(secret).verify(body, headers), JSON.parse(body))
    assert.throws(() => new Webhook(`whsec_${Buffer.alloc(32, 3).toString('base64')}`).verify(body, headers))
    assert.throws(() => new Webhook(secrets[0] ?? '').verify(`${body} `, headers))
  })
})
