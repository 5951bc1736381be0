import type { Migration } from '../migrate.ts'

/**
 * Requests that are answered again instead of done again. `answer` is empty only inside the transaction that makes the
 * row. A program that knows only schema 3 refuses the header, and leaves the table alone.
 */
export const idempotency: Migration = {
  version: 4,
  compatibleFrom: 3,
  statements: [
    `CREATE TABLE idempotency_keys (
      account_id TEXT NOT NULL,
      key TEXT NOT NULL,
      fingerprint TEXT NOT NULL,
      status INTEGER NOT NULL,
      answer TEXT NOT NULL,
      expires_at BIGINT NOT NULL,
      PRIMARY KEY (account_id, key)
    )`,
    `CREATE INDEX idempotency_keys_expiring ON idempotency_keys (expires_at)`,
  ],
}
