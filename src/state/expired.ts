/** What the retention sweep removes. */
import type { Expired } from '../core/ports.ts'
import { rows, type Script } from './script.ts'
import * as assets from './statements/assets.ts'
import * as jobs from './statements/jobs.ts'

/** The longest expired first. A job is among them only once it has ended. */
export function expiredJobs(now: number, limit: number): Script<readonly Expired[]> {
  return list(jobs.LIST_EXPIRED, now, limit)
}

/** The longest expired first. */
export function expiredAssets(now: number, limit: number): Script<readonly Expired[]> {
  return list(assets.LIST_EXPIRED, now, limit)
}

type Row = { id: string; account_id: string; expires_at: number }

function* list(text: string, now: number, limit: number): Script<readonly Expired[]> {
  const found = yield* rows<Row>(text, now, limit)
  return found.map(({ id, account_id, expires_at }) => ({ id, accountId: account_id, expiresAt: expires_at }))
}
