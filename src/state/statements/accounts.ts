/** The text of what is kept per account. Whoever counts an account's jobs holds its row, which serialises them. */
import { HELD, HELD_IF_FREE } from './held.ts'

const NEXT_STAMP = `CASE WHEN excluded.last_created > accounts.last_created
  THEN excluded.last_created ELSE accounts.last_created + 1 END`

/** A creation time in microseconds that no earlier row of the account has, whatever the clock did. */
export const STAMP = `INSERT INTO accounts (id, last_created, pending) VALUES (?, ?, ?)
  ON CONFLICT (id) DO UPDATE SET last_created = ${NEXT_STAMP}, pending = accounts.pending + excluded.pending`
/** What the row stamped last in this transaction shows. */
export const LAST_STAMP = `(SELECT last_created FROM accounts WHERE id = ?)`
export const LEAVE_PENDING = `UPDATE accounts SET pending = pending - 1 WHERE id = ?`
export const COUNT_PENDING = `SELECT CAST(coalesce(sum(pending), 0) AS BIGINT) AS n FROM accounts`

export const SET_CONCURRENCY = `INSERT INTO accounts (id, max_running) VALUES (?, ?)
  ON CONFLICT (id) DO UPDATE SET max_running = excluded.max_running`

export const GET_RETENTION = `SELECT retention_seconds FROM accounts WHERE id = ?`
export const SET_RETENTION = `INSERT INTO accounts (id, retention_seconds) VALUES (?, ?)
  ON CONFLICT (id) DO UPDATE SET retention_seconds = excluded.retention_seconds`

/** Keeps an account to this transaction where none of the other statements here has done so. */
export const HOLD = `SELECT id FROM accounts WHERE id = ? ${HELD}`

/** How many more jobs may be shown as `queued`: the concurrency less those running or so shown. */
export const ROOM = `(SELECT coalesce(a.max_running, ?)
  - (SELECT count(*) FROM jobs WHERE account_id = a.id AND phase = 'running')
  - (SELECT count(*) FROM jobs WHERE account_id = a.id AND phase = 'waiting' AND status = 'queued')
  FROM accounts a WHERE a.id = ?)`

/** Shows the oldest backlogged jobs as queued, as many as there is room for. */
export const PROMOTE_BACKLOGGED = `WITH oldest AS (
    SELECT id FROM jobs WHERE phase = 'waiting' AND status = 'backlogged' AND account_id = ? ORDER BY created_at
    LIMIT (SELECT CASE WHEN room > 0 THEN room ELSE 0 END FROM (SELECT ${ROOM} AS room) AS found) ${HELD_IF_FREE})
  UPDATE jobs SET status = 'queued', version = version + 1 WHERE id IN (SELECT id FROM oldest)`
