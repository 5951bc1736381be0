import type { Migration } from '../migrate.ts'

/** Who is signed in to the Studio, by the hash of a token. An older program keeps its sessions in its own memory. */
export const studioSessions: Migration = {
  version: 13,
  compatibleFrom: 8,
  statements: [
    `CREATE TABLE studio_sessions (
      token_hash TEXT PRIMARY KEY,
      account_id TEXT NOT NULL,
      key_hash TEXT NOT NULL,
      ends_at BIGINT NOT NULL
    )`,
    `CREATE INDEX studio_sessions_of_key ON studio_sessions (key_hash, ends_at)`,
    `CREATE INDEX studio_sessions_by_end ON studio_sessions (ends_at)`,
  ],
}
