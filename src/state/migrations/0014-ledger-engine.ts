import type { Migration } from '../migrate.ts'

/**
 * Which engine made what was settled, so that the drafts of the built-in engine are told from a model's own work. Null in
 * entries of before, and of programs that know only schema 13.
 */
export const ledgerEngine: Migration = {
  version: 14,
  compatibleFrom: 8,
  statements: [`ALTER TABLE ledger ADD COLUMN engine TEXT`],
}
