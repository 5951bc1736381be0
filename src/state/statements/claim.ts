/** The text of the claim transaction and of what decides when the next one is due. */
import { HELD_IF_FREE } from './held.ts'

/** Back from their delay. They show as `backlogged` until it is known whether their account has room. */
export const WAKE_DELAYED = `UPDATE jobs SET phase = 'waiting', status = 'backlogged', run_at = NULL,
  version = version + 1 WHERE phase = 'delayed' AND run_at <= ? RETURNING account_id`
/** A row that somebody else keeps is being renewed or ended this very moment. */
export const HOLD_EXPIRED = `SELECT * FROM jobs WHERE phase = 'running' AND lease_until <= ? ${HELD_IF_FREE}`

/** By account, key and queue; the limit is empty for a key without one. */
export const RUNNING = `SELECT account_id, key_id, key_limit, queue, count(*) AS n FROM jobs WHERE phase = 'running'
  GROUP BY account_id, key_id, key_limit, queue`

/** Jobs that nothing but their account limits, and those that their key limits too. */
const FREE = `phase = 'waiting' AND key_limit IS NULL`
const LIMITED = `phase = 'waiting' AND key_limit IS NOT NULL`

/**
 * The accounts that have jobs waiting in a queue whose keys have no limit. A loose index scan, one step of the index per
 * account: a plain DISTINCT would read the whole backlog, and one account may have 50,000 jobs in it.
 */
export const WAITING = `WITH RECURSIVE w (account_id) AS (
    SELECT (SELECT account_id FROM jobs WHERE ${FREE} AND queue = ? ORDER BY account_id LIMIT 1)
  UNION ALL
    SELECT (SELECT account_id FROM jobs WHERE ${FREE} AND queue = ? AND account_id > w.account_id
      ORDER BY account_id LIMIT 1)
    FROM w WHERE w.account_id IS NOT NULL)
  SELECT w.account_id, coalesce(a.max_running, ?) AS max_running, coalesce(a.last_claim, 0) AS last_claim
  FROM w LEFT JOIN accounts a ON a.id = w.account_id WHERE w.account_id IS NOT NULL`

/** The keys with a limit that have jobs waiting in a queue, in the same way. */
export const WAITING_LIMITED = `WITH RECURSIVE w (key_id) AS (
    SELECT (SELECT key_id FROM jobs WHERE ${LIMITED} AND queue = ? ORDER BY key_id LIMIT 1)
  UNION ALL
    SELECT (SELECT key_id FROM jobs WHERE ${LIMITED} AND queue = ? AND key_id > w.key_id ORDER BY key_id LIMIT 1)
    FROM w WHERE w.key_id IS NOT NULL)
  SELECT w.key_id, j.account_id, j.key_limit, coalesce(a.max_running, ?) AS max_running,
    coalesce(a.last_claim, 0) AS last_claim
  FROM w JOIN jobs j ON j.id = (SELECT id FROM jobs WHERE ${LIMITED} AND queue = ? AND key_id = w.key_id
      ORDER BY created_at LIMIT 1)
    LEFT JOIN accounts a ON a.id = j.account_id`

export const HOLD_OLDEST = `SELECT * FROM jobs WHERE ${FREE} AND queue = ? AND account_id = ?
  ORDER BY created_at LIMIT ? ${HELD_IF_FREE}`
export const HOLD_OLDEST_OF_KEY = `SELECT * FROM jobs WHERE ${LIMITED} AND queue = ? AND key_id = ?
  ORDER BY created_at LIMIT ? ${HELD_IF_FREE}`
export const TAKE = `UPDATE jobs SET phase = 'running', status = 'scheduled', attempt = ?, spent = spent + 1,
  lease_owner = ?, lease_until = ?, attempts = ?, version = version + 1 WHERE id = ? RETURNING *`

export const LAST_TURN = `SELECT coalesce(max(last_claim), 0) AS turn FROM accounts`
export const MARK = `UPDATE accounts SET last_claim = ? WHERE id = ?`

export const NEXT_WAKE = `SELECT
  (SELECT min(run_at) FROM jobs WHERE phase = 'delayed') AS run_at,
  (SELECT min(lease_until) FROM jobs WHERE phase = 'running') AS lease_until`
