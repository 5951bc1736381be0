/** The text of public files. */

export const GET = `SELECT * FROM files WHERE id = ?`
export const INSERT = `INSERT INTO files (id, blob_key, content_type, bytes, sha256, account_id, expires_at, is_preview)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?)`
export const DELETE = `DELETE FROM files WHERE id = ?`
