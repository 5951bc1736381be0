/** The secrets that sign webhooks: one for each API key, encrypted at rest, replaceable without a gap. */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'
import type { DeliveryStore, SealedSecret } from './delivery.ts'
import { AfterimageError } from './errors.ts'

/** The form of Standard Webhooks: the prefix, then 24 to 64 bytes in base64. */
const SECRET_PREFIX = 'whsec_'
const SECRET_BYTES = 32
const CIPHER = 'aes-256-gcm'
const KEY_BYTES = 32
const NONCE_BYTES = 12
const TAG_BYTES = 16
const VERSION = 'v1'

/** How long the secret before the newest stays valid after a rotation: time to change every receiver. */
const OVERLAP_MS = 24 * 3_600_000

export type WebhookSecret = {
  /** `whsec_` and the key in base64. */
  secret: string
  createdAt: number
  /** Milliseconds; null for the newest one. */
  expiresAt: number | null
}

export type WebhookSecrets = {
  /** Every secret of a key that is valid now, the newest first; the first one is made when there is none. */
  list: (keyId: string) => Promise<readonly [WebhookSecret, ...WebhookSecret[]]>
  /** A new secret. The one before it stays valid for 24 h, older ones end. */
  rotate: (keyId: string) => Promise<WebhookSecret>
}

export type WebhookSecretsDeps = {
  deliveries: Pick<DeliveryStore, 'listSecrets' | 'createSecret' | 'rotateSecret'>
  /** Text of at least 32 random characters, from which the key of the encryption is derived; read at first use. */
  masterKey: () => Promise<string>
}

/** Both methods throw AfterimageError `unavailable` when the master key is not the one that encrypted the secrets. */
export function createWebhookSecrets({ deliveries, masterKey }: WebhookSecretsDeps): WebhookSecrets {
  const box = async (): Promise<SecretBox> => createSecretBox(await masterKey())
  return {
    list: async (keyId) => {
      const { seal, open } = await box()
      const stored = await deliveries.listSecrets(keyId)
      const newest = stored.find(({ expiresAt }) => expiresAt === null)
      const first = newest ?? (await deliveries.createSecret(keyId, seal(newSecret(), keyId)))
      const older = stored.filter(({ expiresAt }) => expiresAt !== null)
      return [toSecret(open, first, keyId), ...older.map((sealed) => toSecret(open, sealed, keyId))]
    },
    rotate: async (keyId) => {
      const { seal, open } = await box()
      const rotated = await deliveries.rotateSecret(keyId, seal(newSecret(), keyId), OVERLAP_MS)
      return toSecret(open, rotated, keyId)
    },
  }
}

function newSecret(): string {
  return SECRET_PREFIX + randomBytes(SECRET_BYTES).toString('base64')
}

function toSecret(
  open: SecretBox['open'],
  { sealed, createdAt, expiresAt }: SealedSecret,
  keyId: string,
): WebhookSecret {
  return { secret: open(sealed, keyId), createdAt, expiresAt }
}

export type SecretBox = {
  /** @param owner bound to the ciphertext: it cannot be moved to another row */
  seal: (text: string, owner: string) => string
  /** @throws AfterimageError `unavailable` when the key is another one, or the text was changed */
  open: (sealed: string, owner: string) => string
}

/**
 * AES-256-GCM under a key derived with HKDF (RFC 5869), a random nonce each time. The text is
 * `v1.` and nonce, tag and ciphertext in base64url.
 */
export function createSecretBox(masterKey: string): SecretBox {
  const key = Buffer.from(hkdfSync('sha256', masterKey, '', 'afterimage webhook secrets', KEY_BYTES))
  return {
    seal: (text, owner) => {
      const nonce = randomBytes(NONCE_BYTES)
      const cipher = createCipheriv(CIPHER, key, nonce).setAAD(Buffer.from(owner))
      const encrypted = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
      return `${VERSION}.${Buffer.concat([nonce, cipher.getAuthTag(), encrypted]).toString('base64url')}`
    },
    open: (sealed, owner) => {
      try {
        return decrypt(key, sealed, owner)
      } catch (error) {
        throw new AfterimageError(
          'unavailable',
          'The webhook secret cannot be decrypted: the key of this server is not the one that encrypted it. ' +
            'Restore AFTERIMAGE_SECRET_KEY or the file secret.key, or rotate the secret.',
          { cause: error },
        )
      }
    },
  }
}

function decrypt(key: Buffer, sealed: string, owner: string): string {
  const [version, encoded = ''] = sealed.split('.')
  if (version !== VERSION) throw new Error(`unknown version of a sealed secret: ${version}`)
  const bytes = Buffer.from(encoded, 'base64url')
  const tagEnd = NONCE_BYTES + TAG_BYTES
  const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, NONCE_BYTES), {
    authTagLength: TAG_BYTES,
  })
    .setAAD(Buffer.from(owner))
    .setAuthTag(bytes.subarray(NONCE_BYTES, tagEnd))
  return Buffer.concat([decipher.update(bytes.subarray(tagEnd)), decipher.final()]).toString('utf8')
}
