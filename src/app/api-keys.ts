/** API keys: 256 random bits that are shown once and stored as a hash. */
import { createHash, randomBytes, randomUUID } from 'node:crypto'
import type { ApiKey } from '../core/ports.ts'

/** The account that exists without being made: a server of one person needs no other. */
export const DEFAULT_ACCOUNT = 'default'
/** Lets a leaked key be recognised in a text or a repository. */
const PREFIX = 'ak_'
const TOKEN_BYTES = 32

/** A new token: `ak_` and 43 characters of base64url. */
export function newToken(): string {
  return PREFIX + randomBytes(TOKEN_BYTES).toString('base64url')
}

/** Lower-case hex SHA-256 of the whole token. No salt or slow hash: 256 random bits cannot be guessed. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}

/** The row of a key; the token itself is not in it. */
export function toApiKey(
  token: string,
  { accountId, name, now }: { accountId: string; name: string; now: number },
): ApiKey {
  return { id: randomUUID(), accountId, name, hash: hashToken(token), createdAt: now, revokedAt: null }
}
