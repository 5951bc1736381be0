import type { Migration } from '../migrate.ts'

/**
 * Whether a job may move to another engine: `at_any_price`, `within_hold`, or empty for one whose request named its
 * engine, and for all from before.
 */
export const fallback: Migration = {
  version: 9,
  compatibleFrom: 8,
  statements: [`ALTER TABLE jobs ADD COLUMN fallback TEXT`],
}
