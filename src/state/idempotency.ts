import { AfterimageError, fieldError } from '../core/errors.ts'
import type { IdempotencyStore, Once, OnceKey, OnceResult, StoredAnswer } from '../core/idempotency.ts'
import { KEPT_MS } from '../core/idempotency.ts'
import { createAsset } from './assets.ts'
import type { QueueRules } from './lease.ts'
import { all, type Driver, row, type Script, statement } from './script.ts'
import * as keys from './statements/idempotency.ts'
import { submitShared } from './shared-submit.ts'
import { submitJob } from './submit.ts'

/** Idempotency keys over any driver: each method is one script in one transaction. */
export function createIdempotencyStore(driver: Driver, rules: QueueRules): IdempotencyStore {
  const { read, write, now } = driver
  return {
    find: async (accountId, once) => {
      const at = await now()
      return read(() => findAnswer(accountId, once, at))
    },
    submit: (job, once) =>
      write(
        (at) =>
          storeOnce(job.accountId, once, { now: at, store: () => submitJob(job, { ...rules, now: at }) }),
        { mayWakeWorkers: true },
      ),
    submitShared: (job, sharing) =>
      write((at) => submitShared(job, sharing, { ...rules, now: at }), { mayWakeWorkers: true }),
    createAsset: (asset, once) =>
      write((at) => storeOnce(asset.accountId, once, { now: at, store: () => createAsset(asset) })),
  }
}

/** The key is taken before anything is stored, so that of two twins the second has nothing to take back. */
function* storeOnce<Stored>(
  accountId: string,
  once: Once<Stored>,
  { now, store }: { now: number; store: () => Script<Stored> },
): Script<OnceResult> {
  const { key, fingerprint } = once
  const [, [taken] = []] = yield* all([
    statement(keys.FORGET_EXPIRED, now),
    statement(keys.TAKE, accountId, key, fingerprint, now + KEPT_MS, now),
  ])
  if (taken === undefined) {
    const answer = yield* findAnswer(accountId, once, now)
    if (answer === null) throw new AfterimageError('internal', 'An idempotency key was taken and is gone.')
    return { answer, isReplayed: true }
  }
  const answer = once.answer(yield* store())
  yield* all([statement(keys.ANSWER, answer.status, answer.body, accountId, key)])
  return { answer, isReplayed: false }
}

type Row = { fingerprint: string; status: number; answer: string }

function* findAnswer(
  accountId: string,
  { key, fingerprint }: OnceKey,
  now: number,
): Script<StoredAnswer | null> {
  const found = yield* row<Row>(keys.FIND, accountId, key, now)
  if (found === null) return null
  if (found.fingerprint !== fingerprint)
    throw fieldError('idempotency_mismatch', {
      path: 'Idempotency-Key',
      message:
        'this key came with another path or body within the last 24 hours; use a new key for a new request',
    })
  return { status: found.status, body: found.answer }
}
