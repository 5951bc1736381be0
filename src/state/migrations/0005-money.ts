import type { Migration } from '../migrate.ts'

/**
 * What a key may do, what accounts pay and keep.
 *
 * `api_keys.limits` is JSON and empty for a key without limits; scopes and expiry are columns of their own because every
 * request asks for them. Keys from before this schema did everything: those of the operator's account stay so, those of
 * other accounts lose nothing that they had, for nothing of the operator's existed then.
 *
 * `jobs.held` is what was set aside for a job in micro-dollars, and empty where nothing had to be.
 *
 * `ledger` is only ever added to. Its ids are made of the job and the kind of the entry, so that the primary key itself
 * refuses a second settlement of a job. `amount` of the book `charge` is the change of the balance; of the book `spend`
 * it is what an upstream cost. It is empty where nobody knows it, and then `bound` is what it was counted as.
 */
export const money: Migration = {
  version: 5,
  // An older program would end jobs without settling them, and take limited keys for unlimited ones.
  compatibleFrom: 5,
  statements: [
    `ALTER TABLE api_keys ADD COLUMN scopes TEXT NOT NULL DEFAULT 'generate'`,
    `ALTER TABLE api_keys ADD COLUMN limits TEXT`,
    `ALTER TABLE api_keys ADD COLUMN expires_at BIGINT`,
    `ALTER TABLE api_keys ADD COLUMN last_used_at BIGINT`,
    `UPDATE api_keys SET scopes = 'admin' WHERE account_id = 'default'`,

    `ALTER TABLE accounts ADD COLUMN is_prepaid INTEGER NOT NULL DEFAULT 0`,
    `ALTER TABLE accounts ADD COLUMN retention_seconds BIGINT`,

    `ALTER TABLE jobs ADD COLUMN key_id TEXT`,
    `ALTER TABLE jobs ADD COLUMN held BIGINT`,
    `ALTER TABLE jobs ADD COLUMN no_store INTEGER NOT NULL DEFAULT 0`,
    `CREATE INDEX jobs_pending_of_key ON jobs (key_id) WHERE phase <> 'ended' AND key_id IS NOT NULL`,

    `CREATE TABLE ledger (
      id TEXT PRIMARY KEY,
      account_id TEXT NOT NULL,
      key_id TEXT,
      job_id TEXT,
      book TEXT NOT NULL,
      kind TEXT NOT NULL,
      amount BIGINT,
      bound BIGINT,
      model TEXT,
      created_at BIGINT NOT NULL
    )`,
    `CREATE INDEX ledger_balance ON ledger (account_id, amount) WHERE book = 'charge'`,
    `CREATE INDEX ledger_by_time ON ledger (account_id, created_at)`,
    `CREATE INDEX ledger_held_by_key ON ledger (key_id, amount) WHERE kind IN ('hold', 'refund')`,
    `CREATE INDEX ledger_spent_by_key ON ledger (key_id, created_at, amount, bound) WHERE book = 'spend'`,
  ],
}
