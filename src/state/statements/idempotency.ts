/** The text of idempotency keys. */
import { HELD_IF_FREE } from './held.ts'

export const FIND = `SELECT fingerprint, status, answer FROM idempotency_keys
  WHERE account_id = ? AND key = ? AND expires_at > ?`

/** Takes a key that is free or has expired; no row means that it is taken. A twin waits here for the first to commit. */
export const TAKE = `INSERT INTO idempotency_keys (account_id, key, fingerprint, status, answer, expires_at)
  VALUES (?, ?, ?, 0, '', ?)
  ON CONFLICT (account_id, key) DO UPDATE SET fingerprint = excluded.fingerprint, status = 0, answer = '',
    expires_at = excluded.expires_at
  WHERE idempotency_keys.expires_at <= ? RETURNING key`
export const ANSWER = `UPDATE idempotency_keys SET status = ?, answer = ? WHERE account_id = ? AND key = ?`

/** Where the answer is the id of a job that identical submits join. */
export const POINT = `UPDATE idempotency_keys SET answer = ?, expires_at = ? WHERE account_id = ? AND key = ?`

/** A few at every new key: as many go as come, and no sweep is needed. */
export const FORGET_EXPIRED = `DELETE FROM idempotency_keys WHERE (account_id, key) IN
  (SELECT account_id, key FROM idempotency_keys WHERE expires_at <= ? ORDER BY expires_at LIMIT 10 ${HELD_IF_FREE})`
