/** What a job may cost, what is set aside for it, and the book of both. Amounts are whole micro-dollars. */
import { AfterimageError, fieldError } from './errors.ts'
import type { Cost, Plan, Warning } from './job.ts'
import { UNCONFIGURED_ENGINE } from './unconfigured-engine.ts'

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
  /** Those of them that the built-in engine made in the place of the model. */
  drafts: number
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
 * where the first one was unknown too, because then the most that the job may cost was set aside, and never by nothing.
 */
export function isCovered(
  next: Cost,
  { heldMicroUsd, planned }: { heldMicroUsd: number | null; planned: Cost },
): boolean {
  if (heldMicroUsd === null) return false
  if (next.microUsd !== null) return next.microUsd <= heldMicroUsd
  return planned.microUsd === null && heldMicroUsd > 0
}

/** Says that the limit at `path` may be exceeded. */
const NOT_LIMITED = 'cost_not_limited'

type Limited = Pick<Plan, 'engine' | 'estimate'>

/**
 * What to set aside for a job: its price, else the most that it may cost. A limit of nothing has no room for an unknown
 * price.
 * @throws AfterimageError `invalid_request` that names X-Max-Cost, or `insufficient_credits` for the limit of the key
 */
export function holdOf(plan: Limited, { maxCost }: Pick<SubmitTerms, 'maxCost'>): number | null {
  const { microUsd } = plan.estimate
  if (maxCost === null) return microUsd
  const limit = dollars(maxCost.microUsd)
  if (microUsd !== null && microUsd > maxCost.microUsd)
    throw aboveLimit(maxCost, `the estimate of ${dollars(microUsd)} is above the limit of ${limit}`)
  if (isUnknown(plan) && maxCost.microUsd === 0)
    throw aboveLimit(
      maxCost,
      `${unknownPrice(plan.engine)}, and the limit of ${limit} allows no cost; a higher one would be set aside`,
    )
  return microUsd ?? maxCost.microUsd
}

function aboveLimit({ isOfKey }: NonNullable<SubmitTerms['maxCost']>, message: string): AfterimageError {
  if (!isOfKey) return fieldError('invalid_request', { path: 'X-Max-Cost', message })
  return new AfterimageError(
    'insufficient_credits',
    `The limit of this API key per request is insufficient: ${message}.`,
  )
}

/** What a job has to hear whose limit binds nobody, because what its engine will take is not known beforehand. */
export function limitWarnings(plan: Limited, maxCost: SubmitTerms['maxCost']): readonly Warning[] {
  if (maxCost === null || !isUnknown(plan)) return []
  return [notLimited(plan.engine, maxCost.isOfKey ? 'max_cost_usd' : 'X-Max-Cost')]
}

/** The same warnings for an engine that takes over: gone where its price is known, as it is then within the limit. */
export function moveLimitWarnings(warnings: readonly Warning[], next: Limited): readonly Warning[] {
  return warnings.flatMap((warning) => {
    if (!isLimitWarning(warning)) return [warning]
    return isUnknown(next) ? [notLimited(next.engine, warning.path)] : []
  })
}

/** Whether it is about what a job may cost, which a copy of its result does not. */
export function isLimitWarning({ code }: Warning): boolean {
  return code === NOT_LIMITED
}

function notLimited(engine: string, path: string): Warning {
  const message = `The limit is set aside, but the job may cost more: ${unknownPrice(engine)}`
  return { code: NOT_LIMITED, path, message }
}

/** Without an engine nothing will run, and nothing will cost. */
function isUnknown({ engine, estimate }: Limited): boolean {
  return estimate.microUsd === null && engine !== UNCONFIGURED_ENGINE
}

function unknownPrice(engine: string): string {
  return `the price of ${engine} for this request is not known beforehand`
}
