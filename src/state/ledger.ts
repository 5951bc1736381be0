/** Money: set aside with the submit of a job, settled with its end, each in the transaction of that. */
import { AfterimageError } from '../core/errors.ts'
import type { Attempt, Cost, Job } from '../core/job.ts'
import { dollars, type JobTerms } from '../core/money.ts'
import type { Outcome } from '../core/ports.ts'
import type { JobRow } from './job-row.ts'
import { row, rows, type Script, type Statement, statement } from './script.ts'
import * as ledger from './statements/ledger.ts'

type Entry = {
  book: 'charge' | 'spend'
  kind: 'hold' | 'settle' | 'refund' | 'spend'
  amount: number | null
  /** Of the attempt, where the entry is about one. */
  number?: number
}
type Of = {
  id: string
  accountId: string
  keyId: string | null
  model: string
  engine: string
  now: number
  bound: number | null
}

/** The id is made of the job and the kind: the same entry cannot be written twice. */
function entry(of: Of, { book, kind, amount, number }: Entry): Statement {
  const { id, accountId, keyId, model, engine, now, bound } = of
  const name = number === undefined ? kind : `${kind}:${number}`
  const values = [accountId, keyId, id, book, kind, amount, bound, model, now, engine] as const
  return statement(ledger.ADD, `${id}:${name}`, ...values)
}

/**
 * Sets aside what a new job may cost. The submit stamped the account before, which serialises its submits; so what does
 * not fit is found out exactly, and throwing takes the job back.
 * @throws AfterimageError `insufficient_credits`
 */
export function* holdFor(job: Job, terms: JobTerms, now: number): Script<void> {
  const held = terms.heldMicroUsd
  const of = { ...job, keyId: terms.keyId, now, bound: null }
  if (held !== null && held > 0) yield [entry(of, { book: 'charge', kind: 'hold', amount: 0 - held })]
  if (terms.monthlyBudgetMicroUsd !== null) yield* rows(ledger.HOLD_KEY, terms.keyId)
  if (held === 0) return
  yield* checkBalance(job.accountId, held)
  if (terms.monthlyBudgetMicroUsd !== null) yield* checkBudget(terms, terms.monthlyBudgetMicroUsd, now)
}

function* checkBalance(accountId: string, held: number | null): Script<void> {
  const found = yield* row<{ balance: number | null }>(ledger.LIMIT, accountId, accountId)
  const after = found?.balance ?? null
  if (after === null) return
  if (held === null) throw unknownPrice(`The balance of this account is ${dollars(after)}`)
  if (after >= 0) return
  throw new AfterimageError(
    'insufficient_credits',
    `The balance is insufficient: ${dollars(after + held)} are left, and this request sets aside ${dollars(held)}.`,
  )
}

/** In the calendar month of UTC. What other jobs of the key still hold counts as spent. */
function* checkBudget({ keyId, heldMicroUsd }: JobTerms, budget: number, now: number): Script<void> {
  if (heldMicroUsd === null) throw unknownPrice(`This API key has a monthly budget of ${dollars(budget)}`)
  const found = yield* row<{ used: number }>(ledger.USED_OF_KEY, keyId, startOfMonth(now), keyId)
  const used = found?.used ?? 0
  if (used <= budget) return
  throw new AfterimageError(
    'insufficient_credits',
    `The balance of this API key's monthly budget is insufficient: ${dollars(budget - used + heldMicroUsd)} of ` +
      `${dollars(budget)} are left, and this request sets aside ${dollars(heldMicroUsd)}.`,
  )
}

function unknownPrice(why: string): AfterimageError {
  return new AfterimageError(
    'insufficient_credits',
    `${why}, and the price of this request is not known, so the balance may be insufficient: say with ` +
      'X-Max-Cost what it may cost in US dollars.',
  )
}

function startOfMonth(now: number): number {
  const date = new Date(now)
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth())
}

type Ended = { outcome: Outcome; cost: Cost; attempts: readonly Attempt[]; now: number }

/** What an end writes: back with what was held, the charge of a completed job, and what the upstream took. */
export function settlement(held: JobRow, { outcome, cost, attempts, now }: Ended): Statement[] {
  const { id, account_id: accountId, key_id: keyId, model, engine } = held
  const of = { id, accountId, keyId, model, engine, now, bound: null }
  const isCompleted = outcome.status === 'completed'
  const charge = cost.microUsd === null ? null : 0 - cost.microUsd
  const isKnown = isCompleted || cost.microUsd !== null
  const isTold = outcome.status === 'failed' && outcome.cost !== null
  const isSpent = attempts.some(wasPaid) || (outcome.status === 'cancelled' && outcome.mayBePaid === true)
  // By the price of the present engine: a job that began on a free one may have moved to one that is paid.
  const isFree = held.held === 0 && (JSON.parse(held.cost) as Cost).microUsd === 0
  const mayHaveCost = isKnown || isTold || (!isFree && isSpent)
  // Each lost answer may have been paid for beside the call that is known.
  const lost = attempts.filter((attempt) => attempt.outcome === 'unknown').slice(isKnown ? 0 : 1)
  return [
    ...(held.held === null || held.held === 0
      ? []
      : [entry(of, { book: 'charge', kind: 'refund', amount: held.held })]),
    ...(isCompleted ? [entry(of, { book: 'charge', kind: 'settle', amount: charge })] : []),
    ...lost.map(({ number }) =>
      entry({ ...of, bound: held.held }, { book: 'spend', kind: 'spend', amount: null, number }),
    ),
    ...(mayHaveCost
      ? [entry({ ...of, bound: held.held }, { book: 'spend', kind: 'spend', amount: cost.microUsd })]
      : []),
  ]
}

/** Whether an upstream may have taken money for it. */
function wasPaid({ outcome, upstreamId, handle }: Attempt): boolean {
  const isTaken = upstreamId !== null || (handle !== undefined && handle !== null)
  return isTaken || outcome === 'unknown' || outcome === 'submitting'
}
