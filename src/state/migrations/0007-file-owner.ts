import type { Migration } from '../migrate.ts'

/**
 * Whose a public file is, and when it may be gone: a cache must not keep it longer, and its account may use it as an
 * input without a signature. Results from before this schema have neither, as if they were nobody's and kept for ever.
 */
export const fileOwner: Migration = {
  version: 7,
  // An older program leaves both empty in new rows and works as before.
  compatibleFrom: 5,
  statements: [
    `ALTER TABLE files ADD COLUMN account_id TEXT`,
    `ALTER TABLE files ADD COLUMN expires_at BIGINT`,
    `CREATE INDEX assets_by_file ON assets (file_id)`,
    `UPDATE files SET account_id = (SELECT a.account_id FROM assets a WHERE a.file_id = files.id),
      expires_at = (SELECT a.expires_at FROM assets a WHERE a.file_id = files.id)`,
  ],
}
