import type { Migration } from '../migrate.ts'

/**
 * The first schema. Types and clauses are those that SQLite and Postgres share: ids are TEXT, times BIGINT,
 * structures JSON in TEXT.
 *
 * `phase` is where a job stands in the queue, `status` the word shown to callers: a `waiting` job is shown as
 * `queued` or `backlogged`, a `delayed` one as `queued`, a `running` one as what its worker reported.
 * `attempt` numbers the claims and only grows, because it fences; `spent` counts those that used up a try.
 * `input_blobs` repeats the blob keys inside `input`, so that the orphan sweep need not read the large column.
 * `accounts.last_claim` is a turn number, not a time: equal or backward clocks must not starve anybody.
 */
export const start: Migration = {
  version: 1,
  compatibleFrom: 1,
  statements: [
    `CREATE TABLE accounts (
      id TEXT PRIMARY KEY,
      max_running INTEGER,
      last_claim BIGINT NOT NULL DEFAULT 0,
      last_created BIGINT NOT NULL DEFAULT 0,
      pending BIGINT NOT NULL DEFAULT 0
    )`,
    `CREATE INDEX accounts_last_claim ON accounts (last_claim)`,

    `CREATE TABLE jobs (
      id TEXT PRIMARY KEY,
      account_id TEXT NOT NULL,
      type TEXT NOT NULL,
      queue TEXT NOT NULL,
      phase TEXT NOT NULL,
      status TEXT NOT NULL,
      created_at BIGINT NOT NULL,
      completed_at BIGINT,
      run_at BIGINT,
      expires_at BIGINT,
      attempt INTEGER NOT NULL DEFAULT 0,
      spent INTEGER NOT NULL DEFAULT 0,
      lease_owner TEXT,
      lease_until BIGINT,
      cancel_requested INTEGER NOT NULL DEFAULT 0,
      version BIGINT NOT NULL DEFAULT 1,
      model TEXT NOT NULL,
      engine TEXT NOT NULL,
      parent_job_id TEXT,
      progress TEXT,
      error TEXT,
      input_blobs TEXT NOT NULL,
      cost TEXT NOT NULL,
      warnings TEXT NOT NULL,
      attempts TEXT NOT NULL DEFAULT '[]',
      outputs TEXT NOT NULL DEFAULT '[]',
      recipe TEXT,
      geometry TEXT,
      input TEXT NOT NULL
    )`,
    `CREATE INDEX jobs_by_account ON jobs (account_id, created_at DESC)`,
    `CREATE INDEX jobs_waiting ON jobs (queue, account_id, created_at, id) WHERE phase = 'waiting'`,
    `CREATE INDEX jobs_shown_queued ON jobs (account_id) WHERE phase = 'waiting' AND status = 'queued'`,
    `CREATE INDEX jobs_backlogged ON jobs (account_id, created_at, id) WHERE phase = 'waiting' AND status = 'backlogged'`,
    `CREATE INDEX jobs_delayed ON jobs (run_at) WHERE phase = 'delayed'`,
    `CREATE INDEX jobs_running ON jobs (account_id) WHERE phase = 'running'`,
    `CREATE INDEX jobs_leased ON jobs (lease_until) WHERE phase = 'running'`,

    `CREATE TABLE assets (
      id TEXT PRIMARY KEY,
      account_id TEXT NOT NULL,
      file_id TEXT NOT NULL UNIQUE,
      blob_key TEXT NOT NULL,
      filename TEXT,
      description TEXT,
      content_type TEXT NOT NULL,
      bytes BIGINT NOT NULL,
      sha256 TEXT NOT NULL,
      width INTEGER,
      height INTEGER,
      created_at BIGINT NOT NULL
    )`,
    `CREATE INDEX assets_by_account ON assets (account_id, created_at DESC)`,

    `CREATE TABLE files (
      id TEXT PRIMARY KEY,
      blob_key TEXT NOT NULL,
      content_type TEXT NOT NULL,
      bytes BIGINT NOT NULL,
      sha256 TEXT NOT NULL
    )`,

    `CREATE TABLE api_keys (
      id TEXT PRIMARY KEY,
      account_id TEXT NOT NULL,
      name TEXT NOT NULL,
      hash TEXT NOT NULL UNIQUE,
      created_at BIGINT NOT NULL,
      revoked_at BIGINT
    )`,
    `CREATE INDEX api_keys_by_account ON api_keys (account_id, created_at)`,
  ],
}
