/** API keys: 256 random bits that are shown once and stored as a hash. */
import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { type ApiKey, type KeyLimits, NO_LIMITS } from '../core/api-key.ts'
import type { Clock, StateStore } from '../core/ports.ts'

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

/** What a new key is to be; without scopes it may generate. */
export type NewKey = Pick<ApiKey, 'accountId' | 'name'> &
  Partial<Pick<ApiKey, 'scopes' | 'expiresAt'>> & { limits?: Partial<KeyLimits>; now: number }

/** The row of a key; the token itself is not in it. */
export function toApiKey(token: string, wanted: NewKey): ApiKey {
  return {
    id: randomUUID(),
    accountId: wanted.accountId,
    name: wanted.name,
    hash: hashToken(token),
    createdAt: wanted.now,
    revokedAt: null,
    scopes: wanted.scopes ?? ['generate'],
    limits: { ...NO_LIMITS, ...wanted.limits },
    expiresAt: wanted.expiresAt ?? null,
    lastUsedAt: null,
  }
}

/** Makes keys in the store. @throws AfterimageError as the store */
export function createKeyMaker({ state, clock }: { state: Pick<StateStore, 'createKey'>; clock: Clock }) {
  return async (wanted: Omit<NewKey, 'now'>): Promise<{ key: ApiKey; token: string }> => {
    const token = newToken()
    const key = toApiKey(token, { ...wanted, now: clock.now() })
    await state.createKey(key)
    return { key, token }
  }
}
