/** What a job may cost, what is set aside for it, and the book of both. Amounts are whole micro-dollars. */
import { AfterimageError, fieldError } from './errors.ts'
import type { Cost } from './job.ts'

/** On what terms a key submits. */
export type SubmitTerms = {
  keyId: string
  concurrency: number | null
  monthlyBudgetMicroUsd: number | null
  /** The smaller of what the request and its key allow; null: no limit. */
  maxCost: { microUsd: number; isOfKey: boolean } | null
}

/** What the store checks in the transaction that stores the job. */
export type JobTerms = Pick<SubmitTerms, 'keyId' | 'concurrency' | 'monthlyBudgetMicroUsd'> & {
  /** Set aside until the job ends; null when neither a price nor a limit is known. */
  heldMicroUsd: number | null
}

/** An entry of the book; see the migration that makes it. `amountMicroUsd` null: nobody knows it. */
export type LedgerEntry = {
  id: string
  kind: 'credit' | 'hold' | 'settle' | 'refund' | 'spend'
  jobId: string | null
  amountMicroUsd: number | null
  createdAt: number
}

/** One day (UTC), model and key. Sums leave out what is unknown; `unknown` counts it. */
export type Usage = {
  accountId: string
  /** Milliseconds at which the day begins. */
  day: number
  model: string
  keyId: string | null
  /** Jobs completed. */
  jobs: number
  chargeMicroUsd: number
  spendMicroUsd: number
  /** Upstream calls of unknown cost. */
  unknown: number
}

export type UsageQuery = { accountId: string; from: number; to: number }

/** The book of money. Entries are only ever added; balances are sums. */
export type LedgerStore = {
  /** Adds to the balance (or takes from it), and limits the account to it from now on. The same id again: no-op. */
  addCredit: (credit: { id: string; accountId: string; microUsd: number }) => Promise<void>
  /** Whether an account may spend only what it has. Accounts start without that. */
  setPrepaid: (accountId: string, isPrepaid: boolean) => Promise<void>
  /** Credits less charges less what is held. */
  getBalance: (accountId: string) => Promise<{ isPrepaid: boolean; microUsd: number }>
  usage: (query: UsageQuery) => Promise<readonly Usage[]>
  /** In the order in which they were written. */
  entriesOfJob: (jobId: string, accountId: string) => Promise<readonly LedgerEntry[]>
}

/** A price for people: `$0.039`. */
export function dollars(microUsd: number): string {
  const text = (Math.abs(microUsd) / 1e6).toFixed(6).replace(/0{1,4}$/u, '')
  return `${microUsd < 0 ? '-' : ''}$${text}`
}

/**
 * Whether what was set aside for one plan of a job covers another. An unknown price is never free: it is covered only
 * where the first one was unknown too, because then the most that the job may cost was set aside.
 */
export function isCovered(
  next: Cost,
  { heldMicroUsd, planned }: { heldMicroUsd: number | null; planned: Cost },
): boolean {
  if (heldMicroUsd === null) return false
  return next.microUsd === null ? planned.microUsd === null : next.microUsd <= heldMicroUsd
}

/**
 * What to set aside for a job: its price, else the most that it may cost.
 * @throws AfterimageError `invalid_request` that names X-Max-Cost, or `insufficient_credits` for the limit of the key
 */
export function holdOf(estimate: Cost, { maxCost }: Pick<SubmitTerms, 'maxCost'>): number | null {
  if (maxCost === null) return estimate.microUsd
  if (estimate.microUsd === null) return maxCost.microUsd
  if (estimate.microUsd <= maxCost.microUsd) return estimate.microUsd
  const message = `the estimate of ${dollars(estimate.microUsd)} is above the limit of ${dollars(maxCost.microUsd)}`
  if (maxCost.isOfKey)
    throw new AfterimageError(
      'insufficient_credits',
      `The limit of this API key per request is insufficient: ${message}.`,
    )
  throw fieldError('invalid_request', { path: 'X-Max-Cost', message })
}
