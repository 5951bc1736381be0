/** The text of the claim transaction and of what decides when the next one is due. */
import { HELD_IF_FREE } from './held.ts'

/** Back from their delay. They show as `backlogged` until it is known whether their account has room. */
export const WAKE_DELAYED = `UPDATE jobs SET phase = 'waiting', status = 'backlogged', run_at = NULL,
  version = version + 1 WHERE phase = 'delayed' AND run_at <= ? RETURNING account_id`
/** A row that somebody else keeps is being renewed or ended this very moment. */
export const HOLD_EXPIRED = `SELECT * FROM jobs WHERE phase = 'running' AND lease_until <= ? ${HELD_IF_FREE}`

export const RUNNING = `SELECT account_id, count(*) AS n FROM jobs WHERE phase = 'running' GROUP BY account_id`

/**
 * The accounts that have jobs waiting in a queue. A loose index scan, one step of the index per account: a plain
 * DISTINCT would read the whole backlog, and one account may have 50,000 jobs in it.
 */
export const WAITING = `WITH RECURSIVE w (account_id) AS (
    SELECT (SELECT account_id FROM jobs WHERE phase = 'waiting' AND queue = ? ORDER BY account_id LIMIT 1)
  UNION ALL
    SELECT (SELECT j.account_id FROM jobs j WHERE j.phase = 'waiting' AND j.queue = ? AND j.account_id > w.account_id
      ORDER BY j.account_id LIMIT 1)
    FROM w WHERE w.account_id IS NOT NULL)
  SELECT w.account_id, coalesce(a.max_running, ?) AS max_running, coalesce(a.last_claim, 0) AS last_claim
  FROM w LEFT JOIN accounts a ON a.id = w.account_id WHERE w.account_id IS NOT NULL`

export const HOLD_OLDEST = `SELECT * FROM jobs WHERE phase = 'waiting' AND queue = ? AND account_id = ?
  ORDER BY created_at LIMIT ? ${HELD_IF_FREE}`
export const TAKE = `UPDATE jobs SET phase = 'running', status = 'scheduled', attempt = ?, spent = spent + 1,
  lease_owner = ?, lease_until = ?, attempts = ?, version = version + 1 WHERE id = ? RETURNING *`

export const LAST_TURN = `SELECT coalesce(max(last_claim), 0) AS turn FROM accounts`
export const MARK = `UPDATE accounts SET last_claim = ? WHERE id = ?`

export const NEXT_WAKE = `SELECT
  (SELECT min(run_at) FROM jobs WHERE phase = 'delayed') AS run_at,
  (SELECT min(lease_until) FROM jobs WHERE phase = 'running') AS lease_until`
