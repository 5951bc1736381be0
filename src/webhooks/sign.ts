/** Signatures of Standard Webhooks (specification 1.0.0): HMAC-SHA256 over `id.timestamp.body`. */
import { createHmac } from 'node:crypto'

export type SignedMessage = {
  id: string
  /** Seconds since the epoch; part of what is signed, so that an old message cannot be sent again. */
  timestampSeconds: number
  body: string
}

const PREFIX = 'whsec_'

/**
 * The value of `webhook-signature`: one `v1,…` for each secret, separated by spaces, so that receivers which know
 * the old or the new secret both accept the message while secrets are rotated.
 * @param secrets `whsec_` and base64, the newest first
 */
export function signMessage(
  { id, timestampSeconds, body }: SignedMessage,
  secrets: readonly string[],
): string {
  const content = `${id}.${timestampSeconds}.${body}`
  return secrets
    .map((secret) => {
      const key = Buffer.from(secret.slice(PREFIX.length), 'base64')
      return `v1,${createHmac('sha256', key).update(content).digest('base64')}`
    })
    .join(' ')
}
