import type { Migration } from '../migrate.ts'

/**
 * How many jobs of a key run at once is decided where jobs are claimed, so that further ones wait instead of being
 * refused. `jobs.key_limit` is the limit of the job's key, and empty without one; limits of a key never change.
 *
 * Jobs with and without a limit have indexes of their own: the oldest that may run would else hide behind thousands that
 * may not. Those for backlogged jobs name the word as a column and not as a condition: SQLite would else prefer to read
 * all jobs of the account.
 */
export const keyConcurrency: Migration = {
  version: 8,
  // An older program would run the jobs of a limited key as if it had no limit.
  compatibleFrom: 8,
  statements: [
    `ALTER TABLE jobs ADD COLUMN key_limit BIGINT`,
    `DROP INDEX jobs_waiting`,
    `CREATE INDEX jobs_waiting ON jobs (queue, account_id, created_at, id)
      WHERE phase = 'waiting' AND key_limit IS NULL`,
    `CREATE INDEX jobs_waiting_limited ON jobs (queue, key_id, created_at, id)
      WHERE phase = 'waiting' AND key_limit IS NOT NULL`,
    `DROP INDEX jobs_backlogged`,
    `CREATE INDEX jobs_backlogged ON jobs (account_id, status, created_at, id)
      WHERE phase = 'waiting' AND key_limit IS NULL`,
    `CREATE INDEX jobs_backlogged_limited ON jobs (account_id, status, created_at, id)
      WHERE phase = 'waiting' AND key_limit IS NOT NULL`,
    `CREATE INDEX jobs_shown_of_key ON jobs (key_id)
      WHERE key_limit IS NOT NULL AND (phase = 'running' OR (phase = 'waiting' AND status = 'queued'))`,
  ],
}
