import type { Migration } from '../migrate.ts'

/**
 * What a job was asked for, where its caller lets later requests take its result. A program that knows only schema 9
 * writes none, and so its results are not taken.
 */
export const resultReuse: Migration = {
  version: 10,
  compatibleFrom: 8,
  statements: [
    `ALTER TABLE jobs ADD COLUMN reuse_key TEXT`,
    `CREATE INDEX jobs_reusable ON jobs (account_id, reuse_key, created_at) WHERE reuse_key IS NOT NULL`,
  ],
}
