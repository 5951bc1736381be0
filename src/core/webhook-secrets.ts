/** The secrets that sign webhooks: one for each API key, encrypted at rest, replaceable without a gap. */
import { randomBytes } from 'node:crypto'
import type { DeliveryStore, SealedSecret } from './delivery.ts'
import { createSecretBox, type SecretBox } from './secret-box.ts'

/** The form of Standard Webhooks: the prefix, then 24 to 64 bytes in base64. */
const SECRET_PREFIX = 'whsec_'
const SECRET_BYTES = 32

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
  const box = async (): Promise<SecretBox> => createSecretBox(await masterKey(), 'webhook secrets')
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
