import { type Statement, statement } from './script.ts'
import * as accounts from './statements/accounts.ts'

/**
 * Finds a creation time in microseconds, later than that of everything else in the account: cursors page by it, and
 * equal times would lose rows. Also counts the account's jobs that have not ended. An insert in the same exchange takes
 * the time by `LAST_STAMP`.
 */
export function stamp(accountId: string, micros: number, newJobs: 0 | 1): Statement {
  return statement(accounts.STAMP, accountId, micros, newJobs)
}
