/** The text of the book of money. There is no statement that changes or removes an entry. */
import { DRAFT_ENGINE } from '../../core/engine.ts'
import { HELD } from './held.ts'

/** Without a clause for conflicts: a second settlement of a job must fail and take its whole transaction back. */
export const ADD = `INSERT INTO ledger (id, account_id, key_id, job_id, book, kind, amount, bound, model, created_at, engine)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
export const ADD_CREDIT = `INSERT INTO ledger (id, account_id, book, kind, amount, created_at)
  VALUES (?, ?, 'charge', 'credit', ?, ?) ON CONFLICT (id) DO NOTHING`
export const SET_PREPAID = `INSERT INTO accounts (id, is_prepaid) VALUES (?, ?)
  ON CONFLICT (id) DO UPDATE SET is_prepaid = excluded.is_prepaid`

const SUM = `(SELECT CAST(coalesce(sum(amount), 0) AS BIGINT) FROM ledger WHERE account_id = ? AND book = 'charge')`
export const BALANCE = `SELECT ${SUM} AS balance,
  coalesce((SELECT is_prepaid FROM accounts WHERE id = ?), 0) AS is_prepaid`
/** The sum is made only where it limits something. The row of the account is held by the stamp of the submit. */
export const LIMIT = `SELECT CASE WHEN is_prepaid = 1 THEN ${SUM} ELSE NULL END AS balance
  FROM accounts WHERE id = ?`

/** Keeps a key to this transaction, so that its submits are counted one after the other. */
export const HOLD_KEY = `SELECT id FROM api_keys WHERE id = ? ${HELD}`
/** What is held for jobs that have not ended, and what was spent since a time; what is unknown counts as it was held. */
export const USED_OF_KEY = `SELECT CAST(
    (SELECT coalesce(sum(coalesce(amount, bound, 0)), 0) FROM ledger
      WHERE key_id = ? AND book = 'spend' AND created_at >= ?)
  - (SELECT coalesce(sum(amount), 0) FROM ledger WHERE key_id = ? AND kind IN ('hold', 'refund')) AS BIGINT) AS used`

export const OF_JOB = `SELECT * FROM ledger WHERE job_id = ? AND account_id = ? ORDER BY created_at, id`

const DAY_MS = 86_400_000
export const USAGE = `SELECT account_id, created_at / ${DAY_MS} AS day, model, key_id,
    CAST(sum(CASE WHEN kind = 'settle' THEN 1 ELSE 0 END) AS BIGINT) AS jobs,
    CAST(sum(CASE WHEN kind = 'settle' AND engine = '${DRAFT_ENGINE}' THEN 1 ELSE 0 END) AS BIGINT) AS drafts,
    CAST(sum(CASE WHEN kind = 'settle' THEN -coalesce(amount, 0) ELSE 0 END) AS BIGINT) AS charge,
    CAST(sum(CASE WHEN book = 'spend' THEN coalesce(amount, 0) ELSE 0 END) AS BIGINT) AS spend,
    CAST(sum(CASE WHEN book = 'spend' AND amount IS NULL THEN 1 ELSE 0 END) AS BIGINT) AS unknown
  FROM ledger WHERE account_id = ? AND created_at >= ? AND created_at < ? AND kind IN ('settle', 'spend')
  GROUP BY account_id, created_at / ${DAY_MS}, model, key_id ORDER BY day, model, key_id`
