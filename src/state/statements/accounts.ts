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

/** What a key with a limit shows of its jobs as `queued` or runs. */
const SHOWN_OF_KEY = `key_limit IS NOT NULL AND (phase = 'running' OR (phase = 'waiting' AND status = 'queued'))`
const NO_LIMIT = Number.MAX_SAFE_INTEGER
/** Whether a key may show one more; its limit, empty for none, and its id. */
export const KEY_HAS_ROOM = `(coalesce(CAST(? AS BIGINT), ${NO_LIMIT})
  > (SELECT count(*) FROM jobs WHERE key_id = ? AND ${SHOWN_OF_KEY}))`

/** Rows of limited keys that are looked at; beyond them a word may lag behind, never a claim. */
const WINDOW = 200
const BACKLOGGED = `phase = 'waiting' AND status = 'backlogged'`
const OPEN_ROOM = `(SELECT CASE WHEN room > 0 THEN room ELSE 0 END FROM (SELECT ${ROOM} AS room) AS found)`

/**
 * Shows the oldest backlogged jobs as queued, as many as there is room for in the account, and in their key where it has
 * a limit.
 */
export const PROMOTE_BACKLOGGED = `WITH limited AS (
    SELECT id, created_at, key_id, key_limit, row_number() OVER (PARTITION BY key_id ORDER BY created_at) AS place
    FROM (SELECT id, created_at, key_id, key_limit FROM jobs
      WHERE ${BACKLOGGED} AND key_limit IS NOT NULL AND account_id = ? ORDER BY created_at LIMIT ${WINDOW}) AS head),
  ready AS (
    SELECT id, created_at FROM limited WHERE place <= key_limit AND place <= key_limit
      - (SELECT count(*) FROM jobs WHERE key_id = limited.key_id AND ${SHOWN_OF_KEY})
  UNION ALL
    SELECT id, created_at FROM (SELECT id, created_at FROM jobs
      WHERE ${BACKLOGGED} AND key_limit IS NULL AND account_id = ? ORDER BY created_at LIMIT ${OPEN_ROOM}) AS free),
  oldest AS (
    SELECT id FROM jobs WHERE ${BACKLOGGED}
      AND id IN (SELECT id FROM ready ORDER BY created_at LIMIT ${OPEN_ROOM}) ${HELD_IF_FREE})
  UPDATE jobs SET status = 'queued', version = version + 1 WHERE id IN (SELECT id FROM oldest)`
