import type { Migration } from '../migrate.ts'

/**
 * Webhooks: their address in the job's row, the queue and log of deliveries, and the secrets that sign.
 *
 * `webhook_endpoints.next_due` says when a delivery of the endpoint can next be claimed, and is empty while all its
 * places are taken: a claim then never looks at the ten thousand deliveries that wait for a dead receiver.
 * `deliveries.job` is the job as it ended, because the job itself may be deleted before its delivery succeeds.
 * A key has one secret without an end (`webhook_secrets_current`); those before it end by a time.
 */
export const webhooks: Migration = {
  version: 3,
  // An older program would end jobs without making their deliveries.
  compatibleFrom: 3,
  statements: [
    `ALTER TABLE jobs ADD COLUMN webhook TEXT`,

    `CREATE TABLE webhook_endpoints (
      account_id TEXT NOT NULL,
      origin TEXT NOT NULL,
      next_due BIGINT,
      paused_until BIGINT NOT NULL DEFAULT 0,
      PRIMARY KEY (account_id, origin)
    )`,
    `CREATE INDEX webhook_endpoints_account_due ON webhook_endpoints (account_id, next_due) WHERE next_due IS NOT NULL`,
    `CREATE INDEX webhook_endpoints_due ON webhook_endpoints (next_due) WHERE next_due IS NOT NULL`,

    `CREATE TABLE deliveries (
      id TEXT PRIMARY KEY,
      account_id TEXT NOT NULL,
      job_id TEXT NOT NULL UNIQUE,
      key_id TEXT NOT NULL,
      url TEXT NOT NULL,
      origin TEXT NOT NULL,
      base_url TEXT NOT NULL,
      phase TEXT NOT NULL,
      created_at BIGINT NOT NULL,
      due_at BIGINT NOT NULL,
      attempt INTEGER NOT NULL DEFAULT 0,
      failures INTEGER NOT NULL DEFAULT 0,
      lease_owner TEXT,
      lease_until BIGINT,
      job TEXT NOT NULL
    )`,
    `CREATE INDEX deliveries_by_account ON deliveries (account_id, created_at DESC)`,
    `CREATE INDEX deliveries_waiting ON deliveries (account_id, origin, due_at) WHERE phase = 'waiting'`,
    `CREATE INDEX deliveries_sending ON deliveries (account_id, origin) WHERE phase = 'sending'`,
    `CREATE INDEX deliveries_leased ON deliveries (lease_until) WHERE phase = 'sending'`,
    `CREATE INDEX deliveries_over ON deliveries (created_at) WHERE phase IN ('delivered', 'failed')`,

    `CREATE TABLE delivery_attempts (
      delivery_id TEXT NOT NULL,
      number INTEGER NOT NULL,
      started_at BIGINT NOT NULL,
      duration_ms BIGINT NOT NULL,
      request_headers TEXT NOT NULL,
      response TEXT,
      error TEXT,
      PRIMARY KEY (delivery_id, number)
    )`,

    `CREATE TABLE disabled_webhooks (
      account_id TEXT NOT NULL,
      url TEXT NOT NULL,
      disabled_at BIGINT NOT NULL,
      PRIMARY KEY (account_id, url)
    )`,

    `CREATE TABLE webhook_secrets (
      id TEXT PRIMARY KEY,
      key_id TEXT NOT NULL,
      sealed TEXT NOT NULL,
      created_at BIGINT NOT NULL,
      expires_at BIGINT
    )`,
    `CREATE INDEX webhook_secrets_by_key ON webhook_secrets (key_id)`,
    `CREATE UNIQUE INDEX webhook_secrets_current ON webhook_secrets (key_id) WHERE expires_at IS NULL`,
  ],
}
