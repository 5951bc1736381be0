import type { Migration } from '../migrate.ts'

/**
 * One row with a random name of the database, made when a server first asks for it; export and import carry it along.
 * A folder of images is marked with it, so that a server on another database does not take them for forgotten.
 */
export const identity: Migration = {
  version: 6,
  // An older program does not know the table and works as before.
  compatibleFrom: 5,
  statements: [`CREATE TABLE identity (only_row INTEGER PRIMARY KEY, id TEXT NOT NULL)`],
}
