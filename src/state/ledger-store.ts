import { AfterimageError } from '../core/errors.ts'
import type { LedgerEntry, LedgerStore, Usage } from '../core/money.ts'
import { all, type Driver, row, rows, type Script, statement } from './script.ts'
import * as ledger from './statements/ledger.ts'

type EntryRow = {
  id: string
  kind: LedgerEntry['kind']
  job_id: string | null
  amount: number | null
  created_at: number
}
type UsageRow = {
  account_id: string
  day: number
  model: string
  key_id: string | null
  jobs: number
  drafts: number
  charge: number
  spend: number
  unknown: number
}

const DAY_MS = 86_400_000

/** The book of money over any driver. */
export function createLedgerStore({ read, write }: Driver): LedgerStore {
  return {
    addCredit: (credit) => write((now) => addCredit(credit, now)),
    setPrepaid: (accountId, isPrepaid) =>
      write(function* () {
        yield* rows(ledger.SET_PREPAID, accountId, isPrepaid ? 1 : 0)
      }),
    getBalance: (accountId) => read(() => balance(accountId)),
    usage: ({ accountId, from, to }) =>
      read(function* () {
        return (yield* rows<UsageRow>(ledger.USAGE, accountId, from, to)).map(toUsage)
      }),
    entriesOfJob: (jobId, accountId) =>
      read(function* () {
        return (yield* rows<EntryRow>(ledger.OF_JOB, jobId, accountId)).map(toEntry)
      }),
  }
}

/** @throws AfterimageError `invalid_request` for anything but whole micro-dollars */
function* addCredit(
  { id, accountId, microUsd }: Parameters<LedgerStore['addCredit']>[0],
  now: number,
): Script<void> {
  if (!Number.isSafeInteger(microUsd))
    throw new AfterimageError('invalid_request', `credit: ${microUsd} is no whole number of micro-dollars.`)
  yield* all([
    statement(ledger.SET_PREPAID, accountId, 1),
    statement(ledger.ADD_CREDIT, id, accountId, microUsd, now),
  ])
}

function* balance(accountId: string): Script<{ isPrepaid: boolean; microUsd: number }> {
  const found = yield* row<{ balance: number; is_prepaid: number }>(ledger.BALANCE, accountId, accountId)
  return { isPrepaid: found?.is_prepaid === 1, microUsd: found?.balance ?? 0 }
}

function toEntry({ id, kind, job_id, amount, created_at }: EntryRow): LedgerEntry {
  return { id, kind, jobId: job_id, amountMicroUsd: amount, createdAt: created_at }
}

function toUsage(found: UsageRow): Usage {
  return {
    accountId: found.account_id,
    day: found.day * DAY_MS,
    model: found.model,
    keyId: found.key_id,
    jobs: found.jobs,
    drafts: found.drafts,
    chargeMicroUsd: found.charge,
    spendMicroUsd: found.spend,
    unknown: found.unknown,
  }
}
