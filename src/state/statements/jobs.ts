/**
 * The text of everything done to one job. A statement that begins a change (`HOLD…`) reads the row and keeps it to this
 * transaction; the one that ends the change needs no condition of its own, and raises `version`.
 */
import { NOT_MODERATED } from '../../core/moderation.ts'
import { KEY_HAS_ROOM, LAST_STAMP, ROOM } from './accounts.ts'
import { HELD } from './held.ts'

export const GET = `SELECT * FROM jobs WHERE id = ?`
export const GET_OF_ACCOUNT = `SELECT * FROM jobs WHERE id = ? AND account_id = ?`
export const GET_VERSION = `SELECT version FROM jobs WHERE id = ? AND account_id = ?`

/** Right after the stamp, which keeps the account's row. The first four arguments are those of its room and its key's, which decide the word. */
export const INSERT = `INSERT INTO jobs
  (status, id, account_id, type, queue, phase, created_at, expires_at, model, engine, parent_job_id, input_blobs, cost,
    warnings, input, webhook, key_id, key_limit, held, no_store, fallback, reuse_key)
  VALUES (CASE WHEN ${ROOM} > 0 AND ${KEY_HAS_ROOM} THEN 'queued' ELSE 'backlogged' END,
    ?, ?, ?, ?, 'waiting', ${LAST_STAMP}, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (id) DO NOTHING RETURNING *`

/** The fence of every write of a worker: no row means that the lease is lost. */
const FENCE = `id = ? AND phase = 'running' AND lease_owner = ? AND attempt = ?`

export const HOLD_LEASED = `SELECT * FROM jobs WHERE ${FENCE} ${HELD}`
export const HOLD_PENDING = `SELECT * FROM jobs WHERE id = ? AND account_id = ? AND phase <> 'ended' ${HELD}`

export const RENEW = `UPDATE jobs SET lease_until = ? WHERE ${FENCE} RETURNING cancel_requested`
/** While there is a preview, the word that says so stays. */
export const SAVE_PROGRESS = `UPDATE jobs SET progress = ?, version = version + 1,
  status = CASE WHEN preview IS NULL THEN ? ELSE 'intermediate-complete' END WHERE ${FENCE} RETURNING id`
export const SAVE_PREVIEW = `UPDATE jobs SET preview = ?, status = 'intermediate-complete', version = version + 1
  WHERE id = ?`
/** The running job of an account that shows a preview; its file is named as part of the JSON. */
export const FIND_SHOWING = `SELECT id FROM jobs WHERE account_id = ? AND phase = 'running' AND preview LIKE ? LIMIT 1`
export const SAVE_ATTEMPTS = `UPDATE jobs SET attempts = ?, version = version + 1 WHERE id = ?`
export const REQUEST_CANCEL = `UPDATE jobs SET cancel_requested = 1, version = version + 1 WHERE id = ? RETURNING *`

/** The owner stays, and `attempt` with it: a repeated finish is recognised by them. */
export const END = `UPDATE jobs SET phase = 'ended', status = ?, completed_at = ?, lease_owner = ?, lease_until = NULL,
  run_at = NULL, progress = NULL, preview = NULL, attempts = ?, outputs = ?, warnings = ?, recipe = ?, geometry = ?, cost = ?,
  error = ?, expires_at = ?, input_blobs = ?, reuse_key = ?, version = version + 1 WHERE id = ? RETURNING *`
export const RETURN = `UPDATE jobs SET phase = ?, status = 'queued', run_at = ?, spent = ?, attempts = ?,
  lease_owner = NULL, lease_until = NULL, progress = NULL, preview = NULL, version = version + 1 WHERE id = ?`

/** Before it goes back. */
export const REROUTE = `UPDATE jobs SET engine = ?, queue = ?, cost = ?, warnings = ? WHERE id = ?`

export const DELETE = `DELETE FROM jobs WHERE id = ? AND account_id = ? AND phase = 'ended' RETURNING input_blobs, outputs, preview`

/**
 * A result that may be taken again: completed, stored, not at its end, and passed by whoever moderates. In the JSON of
 * the warnings the quotes of a message or path are escaped, so that only a code is found.
 */
const REUSABLE = `status = 'completed' AND no_store = 0 AND (expires_at IS NULL OR expires_at > ?)
  AND warnings NOT LIKE '%"code":"${NOT_MODERATED}"%'`
/** A job may have moved to another engine than the one it was asked for. */
export const FIND_REUSABLE = `SELECT * FROM jobs WHERE account_id = ? AND reuse_key = ? AND engine = ? AND ${REUSABLE}
  ORDER BY created_at DESC LIMIT 1`
export const HOLD_REUSABLE = `SELECT id FROM jobs WHERE id = ? AND account_id = ? AND ${REUSABLE} ${HELD}`

/** The blobs of each job, in pages by id. */
export const LIST_BLOBS = `SELECT id, input_blobs, outputs, preview FROM jobs WHERE id > ? ORDER BY id LIMIT ?`

export const LIST_EXPIRED = `SELECT id, account_id, expires_at FROM jobs WHERE phase = 'ended' AND expires_at <= ?
  ORDER BY expires_at LIMIT ?`

/** @param types how many types the list names; 0 is any type */
export function listText(types: number, hasStatus: boolean): string {
  const typeFilter =
    types === 0 ? '' : ` AND type IN (${Array.from({ length: types }, () => '?').join(', ')})`
  const statusFilter = hasStatus ? ' AND status = ?' : ''
  return `SELECT * FROM jobs WHERE account_id = ? AND created_at < ?${typeFilter}${statusFilter}
    ORDER BY created_at DESC LIMIT ?`
}
