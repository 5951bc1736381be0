import { type ApiKey, type KeyLimits, NO_LIMITS, type Scope } from '../core/api-key.ts'
import { AfterimageError } from '../core/errors.ts'
import { row, rows, type Script } from './script.ts'
import * as keys from './statements/keys.ts'

type KeyRow = {
  id: string
  account_id: string
  name: string
  hash: string
  created_at: number
  revoked_at: number | null
  scopes: string
  limits: string | null
  expires_at: number | null
  last_used_at: number | null
}

// Only this file writes these columns, so what is in them is known.
function toKey(row: KeyRow): ApiKey {
  return {
    id: row.id,
    accountId: row.account_id,
    name: row.name,
    hash: row.hash,
    createdAt: row.created_at,
    revokedAt: row.revoked_at,
    scopes: row.scopes.split(' ') as Scope[],
    limits: row.limits === null ? NO_LIMITS : { ...NO_LIMITS, ...(JSON.parse(row.limits) as KeyLimits) },
    expiresAt: row.expires_at,
    lastUsedAt: row.last_used_at,
  }
}

/** @throws AfterimageError `conflict` when the id or the hash is taken, also by a revoked key */
export function* createKey(key: ApiKey): Script<void> {
  const inserted = yield* row(
    keys.INSERT,
    key.id,
    key.accountId,
    key.name,
    key.hash,
    key.createdAt,
    key.revokedAt,
    key.scopes.join(' '),
    JSON.stringify(key.limits),
    key.expiresAt,
  )
  if (inserted === null)
    throw new AfterimageError('conflict', 'This API key exists already, perhaps revoked; use a new one.')
}

/**
 * Makes a revoked key of the same account, name, scopes and limits good again under another token, so that a program
 * which makes itself a key each time leaves one row and not hundreds; jobs and the ledger go on naming that row.
 * @returns its id; null where there is none
 */
export function* renewKey(key: ApiKey): Script<string | null> {
  const { hash, createdAt, accountId, name, scopes, limits } = key
  const values = [hash, createdAt, accountId, name, scopes.join(' '), JSON.stringify(limits)] as const
  return (yield* row<{ id: string }>(keys.RENEW, ...values))?.id ?? null
}

/** A revoked key is not found, so that no caller can forget to look. */
export function* findKey(hash: string): Script<ApiKey | null> {
  const found = yield* row<KeyRow>(keys.FIND, hash)
  return found === null ? null : toKey(found)
}

export function* listKeys(accountId: string): Script<readonly ApiKey[]> {
  return (yield* rows<KeyRow>(keys.LIST, accountId)).map(toKey)
}

/** False when the account has no such key or it is revoked already. */
export function* revokeKey(id: string, accountId: string, now: number): Script<boolean> {
  return (yield* row(keys.REVOKE, now, id, accountId)) !== null
}

/** How long the last use of a key may be out of date: a write per request would cost more than it tells. */
const USE_MS = 60_000

export function* touchKey(id: string, now: number): Script<void> {
  yield* rows(keys.TOUCH, now, id, now - USE_MS)
}

export function* countKeys(): Script<number> {
  return (yield* row<{ n: number }>(keys.COUNT))?.n ?? 0
}
