/** The text of everything done to uploaded files. */
import { LAST_STAMP } from './accounts.ts'

export const GET_OF_ACCOUNT = `SELECT * FROM assets WHERE id = ? AND account_id = ?`
export const GET_BY_FILE = `SELECT * FROM assets WHERE file_id = ? AND account_id = ?`
export const INSERT = `INSERT INTO assets
  (id, account_id, file_id, blob_key, filename, description, content_type, bytes, sha256, width, height,
    expires_at, created_at)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ${LAST_STAMP}) ON CONFLICT (id) DO NOTHING RETURNING *`
export const LIST = `SELECT * FROM assets WHERE account_id = ? AND created_at < ? ORDER BY created_at DESC LIMIT ?`
export const DELETE = `DELETE FROM assets WHERE id = ? AND account_id = ? RETURNING file_id, blob_key`

/** The blob of each asset, in pages by id. */
export const LIST_BLOBS = `SELECT id, blob_key FROM assets WHERE id > ? ORDER BY id LIMIT ?`

export const LIST_EXPIRED = `SELECT id, account_id, expires_at FROM assets WHERE expires_at <= ?
  ORDER BY expires_at LIMIT ?`
