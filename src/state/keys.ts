import { AfterimageError } from '../core/errors.ts'
import type { ApiKey } from '../core/ports.ts'
import { row, rows, type Script } from './script.ts'
import * as keys from './statements/keys.ts'

type KeyRow = {
  id: string
  account_id: string
  name: string
  hash: string
  created_at: number
  revoked_at: number | null
}

function toKey(row: KeyRow): ApiKey {
  const { id, name, hash } = row
  return { id, accountId: row.account_id, name, hash, createdAt: row.created_at, revokedAt: row.revoked_at }
}

/** @throws AfterimageError `conflict` when the id or the hash is taken, also by a revoked key */
export function* createKey(key: ApiKey): Script<void> {
  const { id, accountId, name, hash, createdAt, revokedAt } = key
  const inserted = yield* row(keys.INSERT, id, accountId, name, hash, createdAt, revokedAt)
  if (inserted === null)
    throw new AfterimageError('conflict', 'This API key exists already, perhaps revoked; use a new one.')
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

export function* countKeys(): Script<number> {
  return (yield* row<{ n: number }>(keys.COUNT))?.n ?? 0
}
