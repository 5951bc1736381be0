/** What must be readable again, encrypted at rest under the key of the server. */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'
import { AfterimageError } from './errors.ts'

const CIPHER = 'aes-256-gcm'
const KEY_BYTES = 32
const NONCE_BYTES = 12
const TAG_BYTES = 16
const VERSION = 'v1'

/** Each purpose has a key of its own, with what it seals and the way out when that cannot be opened. */
const PURPOSES = {
  'webhook secrets': { thing: 'webhook secret', otherwise: 'rotate the secret' },
  'engine keys': { thing: 'key that was entered for this engine', otherwise: 'enter it again' },
} as const

export type SecretBox = {
  /** @param owner bound to the ciphertext: it cannot be moved to another row */
  seal: (text: string, owner: string) => string
  /** @throws AfterimageError `unavailable` when the key is another one, or the text was changed */
  open: (sealed: string, owner: string) => string
}

/**
 * AES-256-GCM under a key derived with HKDF (RFC 5869), a random nonce each time. The text is
 * `v1.` and nonce, tag and ciphertext in base64url.
 * @param masterKey at least 32 random characters
 * @param purpose what was sealed for another purpose cannot be opened
 */
export function createSecretBox(masterKey: string, purpose: keyof typeof PURPOSES): SecretBox {
  const key = Buffer.from(hkdfSync('sha256', masterKey, '', `afterimage ${purpose}`, KEY_BYTES))
  const { thing, otherwise } = PURPOSES[purpose]
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
          `The ${thing} cannot be decrypted: the key of this server is not the one that encrypted it. ` +
            `Restore AFTERIMAGE_SECRET_KEY or the file secret.key, or ${otherwise}.`,
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
