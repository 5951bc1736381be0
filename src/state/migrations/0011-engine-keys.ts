import type { Migration } from '../migrate.ts'

/** Keys of engines elsewhere, as an admin entered them; sealed under the key of the server. */
export const engineKeys: Migration = {
  version: 11,
  // An older program does not know the table and goes on with the keys of its settings.
  compatibleFrom: 8,
  statements: [
    `CREATE TABLE engine_keys (
      engine TEXT PRIMARY KEY,
      sealed TEXT NOT NULL,
      updated_at BIGINT NOT NULL
    )`,
  ],
}
