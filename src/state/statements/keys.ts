/** The text of API keys. */

export const COUNT = `SELECT count(*) AS n FROM api_keys WHERE revoked_at IS NULL`
export const INSERT = `INSERT INTO api_keys (id, account_id, name, hash, created_at, revoked_at, scopes,
    limits, expires_at)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING id`
/** The outer condition stands again, because another process may take the same row at the same moment. */
export const RENEW = `UPDATE api_keys SET hash = ?, created_at = ?, revoked_at = NULL, last_used_at = NULL
  WHERE revoked_at IS NOT NULL AND id = (SELECT id FROM api_keys WHERE account_id = ? AND name = ? AND scopes = ?
    AND limits = ? AND expires_at IS NULL AND revoked_at IS NOT NULL ORDER BY created_at DESC, id LIMIT 1)
  RETURNING id`
export const FIND = `SELECT * FROM api_keys WHERE hash = ? AND revoked_at IS NULL`
export const LIST = `SELECT * FROM api_keys WHERE account_id = ? ORDER BY created_at, id`
export const REVOKE = `UPDATE api_keys SET revoked_at = ? WHERE id = ? AND account_id = ? AND revoked_at IS NULL
  RETURNING id`
export const TOUCH = `UPDATE api_keys SET last_used_at = ? WHERE id = ? AND (last_used_at IS NULL OR last_used_at <= ?)`
