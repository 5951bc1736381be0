/** A job that moves from one engine to another. */
import type { Cost } from '../core/job.ts'
import { isCovered } from '../core/money.ts'
import type { Lease, StateStore } from '../core/ports.ts'
import { attemptsOf, type JobRow } from './job-row.ts'
import { closeAttempt } from './journal.ts'
import { giveBack, hold, type Moment } from './lease.ts'
import { row, rows, type Script } from './script.ts'
import * as jobs from './statements/jobs.ts'
import * as ledger from './statements/ledger.ts'

type Options = Parameters<StateStore['reroute']>[1]

/** With a new engine come its queue, its price, its warnings and all the tries that a job has. */
export function* reroute(
  lease: Lease,
  { plan, error }: Options,
  moment: Moment,
): Script<'queued' | 'cancelled' | 'too_dear' | null> {
  const held = yield* hold(lease)
  if (held === null) return null
  if (held.cancel_requested === 0 && !(yield* isAffordable(held, plan.estimate))) return 'too_dear'
  const { engine, queue, estimate, warnings } = plan
  yield* rows(jobs.REROUTE, engine, queue, JSON.stringify(estimate), JSON.stringify(warnings), held.id)
  const status = yield* giveBack(held, {
    ...moment,
    runAt: null,
    spent: 0,
    error,
    close: (isFinal) =>
      closeAttempt(attemptsOf(held), {
        number: lease.attempt,
        endedAt: moment.now,
        outcome: 'failed',
        isFinal,
        error: error.message,
      }),
  })
  return status === 'cancelled' ? 'cancelled' : 'queued'
}

/** Where neither key, request nor balance limits what is spent, nothing was set aside against a limit. */
function* isAffordable(held: JobRow, estimate: Cost): Script<boolean> {
  if (isCovered(estimate, { heldMicroUsd: held.held, planned: JSON.parse(held.cost) as Cost })) return true
  if (held.fallback !== 'at_any_price') return false
  const found = yield* row<{ balance: number | null }>(ledger.LIMIT, held.account_id, held.account_id)
  return (found?.balance ?? null) === null
}
