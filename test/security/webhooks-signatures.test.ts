/** Ten thousand messages, and each of them tampered with, before the public verifier and our own. */
import assert from 'node:assert/strict'
import { randomBytes, randomInt } from 'node:crypto'
import { test } from 'node:test'
import { Webhook } from 'standardwebhooks'
import { startProof } from '../support/proof.ts'
import { verifyWebhook } from '../../src/sdk/index.ts'
import { signMessage } from '../../src/webhooks/sign.ts'

const MESSAGES = 10_000

type Headers = Record<'webhook-id' | 'webhook-timestamp' | 'webhook-signature', string>

/** Changes one thing that is signed. */
function tamper(body: string, headers: Headers): { body: string; headers: Headers } {
  const at = randomInt(body.length)
  switch (randomInt(4)) {
    case 0:
      return { body: `${body.slice(0, at)}${body[at] === 'x' ? 'y' : 'x'}${body.slice(at + 1)}`, headers }
    case 1:
      return { body, headers: { ...headers, 'webhook-id': `${headers['webhook-id']}0` } }
    case 2: {
      const timestamp = String(Number(headers['webhook-timestamp']) + 1)
      return { body, headers: { ...headers, 'webhook-timestamp': timestamp } }
    }
    default: {
      const bytes = Buffer.from(headers['webhook-signature'].slice(3), 'base64')
      const byte = randomInt(bytes.length)
      bytes[byte] = (bytes[byte] ?? 0) ^ (1 << randomInt(8))
      return { body, headers: { ...headers, 'webhook-signature': `v1,${bytes.toString('base64')}` } }
    }
  }
}

void test(`${MESSAGES} messages pass, ${MESSAGES} tampered ones do not, before both verifiers`, async (t) => {
  const proof = startProof(t, '16. signatures before the public verifier')
  for (let n = 0; n < MESSAGES; n += 1) {
    const secret = `whsec_${randomBytes(24 + (n % 41)).toString('base64')}`
    const body = JSON.stringify({ n, text: randomBytes(n % 300).toString('latin1') })
    const timestampSeconds = Math.floor(Date.now() / 1000)
    const id = randomBytes(8).toString('hex')
    const headers = {
      'webhook-id': id,
      'webhook-timestamp': String(timestampSeconds),
      'webhook-signature': signMessage({ id, timestampSeconds, body }, [secret]),
    }
    const verifier = new Webhook(secret)
    assert.deepEqual(await verifyWebhook(body, headers, secret), verifier.verify(body, headers))
    proof.try(2)
    const bad = tamper(body, headers)
    await assert.rejects(verifyWebhook(bad.body, bad.headers, secret), { code: 'no_matching_signature' })
    assert.throws(() => verifier.verify(bad.body, bad.headers))
  }
  proof.end(`${MESSAGES} accepted and as many tampered ones refused, by each verifier`)
})
