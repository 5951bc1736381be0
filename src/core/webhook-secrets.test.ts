import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { SealedSecret } from './delivery.ts'
import { createSecretBox } from './secret-box.ts'
import { createWebhookSecrets } from './webhook-secrets.ts'

const MASTER = 'm'.repeat(43)
const failsToOpen = { name: 'AfterimageError', code: 'unavailable', message: /rotate the secret/u }

void describe('secret box', () => {
  void test('opens what it sealed, and seals the same text differently each time', () => {
    const { seal, open } = createSecretBox(MASTER, 'webhook secrets')
    const [first, second] = [seal('whsec_abc', 'key-1'), seal('whsec_abc', 'key-1')]
    assert.equal(open(first, 'key-1'), 'whsec_abc')
    assert.notEqual(first, second)
    assert.ok(!first.includes('whsec'))
  })

  void test('opens nothing under another key, for another owner, or after any change of a byte', () => {
    const { seal, open } = createSecretBox(MASTER, 'webhook secrets')
    const sealed = seal('whsec_abc', 'key-1')
    assert.throws(() => createSecretBox(`${MASTER}x`, 'webhook secrets').open(sealed, 'key-1'), failsToOpen)
    assert.throws(() => open(sealed, 'key-2'), failsToOpen)
    const bytes = Buffer.from(sealed.slice(3), 'base64url')
    for (let at = 0; at < bytes.length; at += 1) {
      const changed = Buffer.from(bytes)
      changed[at] = (changed[at] ?? 0) ^ 1
      assert.throws(() => open(`v1.${changed.toString('base64url')}`, 'key-1'), failsToOpen, String(at))
    }
    for (const broken of ['', 'v1.', 'v2.AAAA', 'v1.AAAA', sealed.slice(0, -12)])
      assert.throws(() => open(broken, 'key-1'), failsToOpen, broken)
  })
})

function rig() {
  let stored: SealedSecret[] = []
  const add = (sealed: string): SealedSecret => {
    const secret = { id: String(stored.length), sealed, createdAt: stored.length, expiresAt: null }
    stored = [secret, ...stored]
    return secret
  }
  const secrets = createWebhookSecrets({
    masterKey: async () => MASTER,
    deliveries: {
      listSecrets: async () => stored,
      createSecret: async (_, sealed) => stored.find(({ expiresAt }) => expiresAt === null) ?? add(sealed),
      rotateSecret: async (_, sealed, overlapMs) => {
        stored = stored.map((secret) => ({ ...secret, expiresAt: overlapMs }))
        return add(sealed)
      },
    },
  })
  return { secrets, stored: () => stored }
}

void describe('webhook secrets', () => {
  void test('the first is made when it is asked for, has 32 bytes, and stays', async () => {
    const { secrets, stored } = rig()
    const [{ secret, expiresAt }] = await secrets.list('k')
    assert.match(secret, /^whsec_[A-Za-z0-9+/]{43}=$/u)
    assert.equal(expiresAt, null)
    assert.equal((await secrets.list('k'))[0].secret, secret)
    assert.ok(!JSON.stringify(stored()).includes(secret.slice(6)), 'is not stored in clear')
  })

  void test('a rotation puts the new one first and keeps the old one for a day', async () => {
    const { secrets } = rig()
    const [old] = await secrets.list('k')
    const rotated = await secrets.rotate('k')
    const valid = await secrets.list('k')
    assert.deepEqual(
      valid.map(({ secret }) => secret),
      [rotated.secret, old.secret],
    )
    assert.equal(valid[1]?.expiresAt, 86_400_000)
  })
})
