/**
 * The text of webhook deliveries. Whoever changes a delivery or counts those of an endpoint holds the endpoint's row
 * first, which serialises them; a script that holds an endpoint waits for nothing else.
 */
import { LAST_STAMP } from './accounts.ts'
import { HELD } from './held.ts'

/** Deliveries of one endpoint that are sent at once: what a small receiver bears. */
const PER_ENDPOINT = 4

const HERE = `d.account_id = webhook_endpoints.account_id AND d.origin = webhook_endpoints.origin`

export const OPEN_ENDPOINT = `INSERT INTO webhook_endpoints (account_id, origin) VALUES (?, ?)
  ON CONFLICT (account_id, origin) DO UPDATE SET origin = excluded.origin`
export const HOLD_ENDPOINT = `SELECT origin FROM webhook_endpoints WHERE account_id = ? AND origin = ? ${HELD}`
export const PAUSE_ENDPOINT = `UPDATE webhook_endpoints SET paused_until = ?
  WHERE account_id = ? AND origin = ? AND paused_until < ?`

/** Writes down when the endpoint can next be claimed from: never while it is full, or while nothing waits. */
export const REFRESH_ENDPOINT = `UPDATE webhook_endpoints SET next_due = CASE
    WHEN (SELECT count(*) FROM deliveries d WHERE ${HERE} AND d.phase = 'sending') >= ${PER_ENDPOINT} THEN NULL
    ELSE (SELECT CASE WHEN d.due_at < webhook_endpoints.paused_until THEN webhook_endpoints.paused_until ELSE d.due_at END
      FROM deliveries d WHERE ${HERE} AND d.phase = 'waiting' ORDER BY d.due_at LIMIT 1) END
  WHERE account_id = ? AND origin = ?`

export const IS_DISABLED = `SELECT url FROM disabled_webhooks WHERE account_id = ? AND url = ?`
/** Right after the stamp. */
export const INSERT = `INSERT INTO deliveries
  (id, account_id, job_id, key_id, url, origin, base_url, phase, created_at, due_at, job)
  VALUES (?, ?, ?, ?, ?, ?, ?, CASE WHEN EXISTS (${IS_DISABLED}) THEN 'failed' ELSE 'waiting' END, ${LAST_STAMP}, ?, ?)`

/** The accounts with an endpoint that is due: a loose index scan, one step of the index per account. */
export const DUE_ACCOUNTS = `WITH RECURSIVE w (account_id) AS (
    SELECT (SELECT account_id FROM webhook_endpoints WHERE next_due IS NOT NULL ORDER BY account_id LIMIT 1)
  UNION ALL
    SELECT (SELECT e.account_id FROM webhook_endpoints e WHERE e.next_due IS NOT NULL AND e.account_id > w.account_id
      ORDER BY e.account_id LIMIT 1)
    FROM w WHERE w.account_id IS NOT NULL)
  SELECT account_id FROM w WHERE account_id IS NOT NULL`
export const SENDING = `SELECT account_id, count(*) AS n FROM deliveries WHERE phase = 'sending' GROUP BY account_id`
export const NEXT_ENDPOINT = `SELECT origin FROM webhook_endpoints WHERE account_id = ? AND next_due <= ?
  ORDER BY next_due LIMIT 1`
export const OLDEST_DUE = `SELECT id FROM deliveries
  WHERE account_id = ? AND origin = ? AND phase = 'waiting' AND due_at <= ? ORDER BY due_at LIMIT 1`
export const TAKE = `UPDATE deliveries SET phase = 'sending', attempt = attempt + 1, lease_owner = ?, lease_until = ?
  WHERE id = ? AND phase = 'waiting' RETURNING *`

/** At most this many leases are taken back by one claim, so that it stays short. */
export const EXPIRED = `SELECT * FROM deliveries WHERE phase = 'sending' AND lease_until <= ? ORDER BY lease_until LIMIT 200`

/** The fence of every write of a sender: no row means that the lease is lost. */
const FENCE = `id = ? AND phase = 'sending' AND lease_owner = ? AND attempt = ?`
export const GET = `SELECT * FROM deliveries WHERE id = ?`
export const SETTLE = `UPDATE deliveries SET phase = ?, due_at = ?, failures = failures + ?, lease_owner = NULL,
  lease_until = NULL WHERE ${FENCE} RETURNING *`
export const RELEASE = `UPDATE deliveries SET phase = 'waiting', attempt = attempt - 1, lease_owner = NULL,
  lease_until = NULL WHERE ${FENCE} RETURNING id`
export const LOG = `INSERT INTO delivery_attempts
  (delivery_id, number, started_at, duration_ms, request_headers, response, error) VALUES (?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (delivery_id, number) DO NOTHING`

export const DISABLE = `INSERT INTO disabled_webhooks (account_id, url, disabled_at) VALUES (?, ?, ?)
  ON CONFLICT (account_id, url) DO NOTHING`
export const FAIL_WAITING = `UPDATE deliveries SET phase = 'failed'
  WHERE account_id = ? AND origin = ? AND phase = 'waiting' AND url = ? RETURNING id, job`
/** What is left of a job that is not stored once nothing more is sent of it. */
export const BLANK = `UPDATE deliveries SET job = ? WHERE id = ? AND phase IN ('delivered', 'failed')`
export const ENABLE = `DELETE FROM disabled_webhooks WHERE account_id = ? AND url = ? RETURNING url`
export const LIST_DISABLED = `SELECT url, disabled_at FROM disabled_webhooks WHERE account_id = ?
  ORDER BY disabled_at DESC, url LIMIT 1000`

export const NEXT_WAKE = `SELECT
  (SELECT min(next_due) FROM webhook_endpoints WHERE next_due IS NOT NULL) AS due,
  (SELECT min(lease_until) FROM deliveries WHERE phase = 'sending') AS lease_until`

export const GET_OF_ACCOUNT = `SELECT * FROM deliveries WHERE id = ? AND account_id = ?`
export const REPLAY = `UPDATE deliveries SET phase = 'waiting', due_at = ?, failures = 0
  WHERE id = ? AND phase <> 'sending' RETURNING *`
export const ATTEMPTS = `SELECT * FROM delivery_attempts WHERE delivery_id = ? ORDER BY number DESC LIMIT ?`

export const LIST_OLD = `SELECT id, account_id, origin FROM deliveries
  WHERE created_at < ? AND phase IN ('delivered', 'failed') ORDER BY created_at LIMIT 200`
export const DELETE = `DELETE FROM deliveries WHERE id = ? AND phase IN ('delivered', 'failed') RETURNING id`
export const DELETE_ATTEMPTS = `DELETE FROM delivery_attempts WHERE delivery_id = ?`
export const DELETE_IDLE_ENDPOINT = `DELETE FROM webhook_endpoints WHERE account_id = ? AND origin = ?
  AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE ${HERE})`

export const SECRETS = `SELECT id, sealed, created_at, expires_at FROM webhook_secrets
  WHERE key_id = ? AND (expires_at IS NULL OR expires_at > ?)`
export const CURRENT_SECRET = `SELECT id, sealed, created_at, expires_at FROM webhook_secrets
  WHERE key_id = ? AND expires_at IS NULL`
export const INSERT_SECRET = `INSERT INTO webhook_secrets (id, key_id, sealed, created_at) VALUES (?, ?, ?, ?)
  ON CONFLICT DO NOTHING`
export const END_OLDER_SECRETS = `DELETE FROM webhook_secrets WHERE key_id = ? AND expires_at IS NOT NULL`
export const RETIRE_SECRET = `UPDATE webhook_secrets SET expires_at = ? WHERE key_id = ? AND expires_at IS NULL`

/** The job filter keeps the order of the account's index; a job has one delivery. */
export function listText(hasJob: boolean, phases: number): string {
  const job = hasJob ? ' AND job_id = ?' : ''
  const phase = phases === 0 ? '' : ` AND phase IN (${Array.from({ length: phases }, () => '?').join(', ')})`
  return `SELECT * FROM deliveries WHERE account_id = ? AND created_at < ?${job}${phase} ORDER BY created_at DESC LIMIT ?`
}
