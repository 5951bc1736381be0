/** The text of API keys. */

export const COUNT = `SELECT count(*) AS n FROM api_keys WHERE revoked_at IS NULL`
export const INSERT = `INSERT INTO api_keys (id, account_id, name, hash, created_at, revoked_at, scopes,
    limits, expires_at)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING id`
export const FIND = `SELECT * FROM api_keys WHERE hash = ? AND revoked_at IS NULL`
export const LIST = `SELECT * FROM api_keys WHERE account_id = ? ORDER BY created_at, id`
export const REVOKE = `UPDATE api_keys SET revoked_at = ? WHERE id = ? AND account_id = ? AND revoked_at IS NULL
  RETURNING id`
export const TOUCH = `UPDATE api_keys SET last_used_at = ? WHERE id = ? AND (last_used_at IS NULL OR last_used_at <= ?)`
