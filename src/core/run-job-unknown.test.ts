import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createAttemptBench } from '../../test/support/run-attempt.ts'
import type { Engine, Handle } from './engine.ts'
import type { Attempt } from './job.ts'
import { unanswered, upstreamError } from './upstream-fault.ts'

const { run, made } = createAttemptBench()
const lost = upstreamError(
  unanswered('outcome_unknown', { call: 'submit', charged: 'maybe' }),
  'It broke off.',
)
const gone = upstreamError(unanswered('not_found', { call: 'follow', charged: 'maybe' }), 'It is gone.')
const losing: Partial<Engine> = { isRepeatable: false, submit: () => Promise.reject(lost) }
const entry: Attempt = {
  number: 1,
  engine: 'vendor',
  startedAt: 0,
  endedAt: 1,
  outcome: 'unknown',
  upstreamId: null,
  error: null,
}

void describe('runJob: a call whose answer was lost', () => {
  void test('ends as outcome_unknown, and the operator is told which one', async () => {
    const { outcomes, unknown, releases } = await run({ engine: losing })
    assert.ok(outcomes[0]?.status === 'failed')
    assert.deepEqual([outcomes[0].error.code, releases], ['outcome_unknown', []])
    const { id: jobId } = { id: '00000000-0000-4000-8000-000000000001' }
    assert.deepEqual(unknown, [{ jobId, engine: 'vendor', attempt: 1, isResubmitted: false }])
  })

  void test('is looked for where the engine can, and then polled, not made again', async () => {
    const polled: Handle[] = []
    const engine: Partial<Engine> = {
      ...losing,
      recover: () => Promise.resolve({ id: 'found' }),
      poll: (handle) => {
        polled.push(handle)
        return Promise.resolve({ state: 'completed', ...made })
      },
    }
    const { outcomes, unknown, journal } = await run({ engine })
    assert.deepEqual([outcomes[0]?.status, polled, unknown], ['completed', [{ id: 'found' }], []])
    assert.deepEqual(journal.at(-1)?.handle, { id: 'found' }, 'a restart polls it too')
  })

  void test('a look that finds nothing, or fails, leaves the outcome unknown', async () => {
    for (const recover of [() => Promise.resolve(null), () => Promise.reject(gone)]) {
      const { outcomes } = await run({ engine: { ...losing, recover, poll: () => assert.fail() } })
      assert.ok(outcomes[0]?.status === 'failed')
      assert.equal(outcomes[0].error.code, 'outcome_unknown')
    }
  })

  void test('is made once more, and only once, where the operator would rather pay twice', async () => {
    const first = await run({ engine: losing, isUnknownResubmitted: true })
    assert.deepEqual(first.outcomes, [])
    assert.deepEqual(
      first.releases.map(({ code }) => code),
      ['outcome_unknown'],
    )
    assert.deepEqual(
      first.journal.map(({ outcome }) => outcome),
      ['submitting', 'unknown'],
    )
    assert.equal(first.unknown[0]?.isResubmitted, true)
    const job = { attempts: [entry] }
    const again = {
      ...losing,
      submit: () => Promise.resolve({ handle: null, status: { state: 'completed' as const, ...made } }),
    }
    const second = await run({ engine: again, job, attempt: 2, isUnknownResubmitted: true })
    assert.equal(second.outcomes[0]?.status, 'completed')
    const third = await run({ engine: losing, job, attempt: 2, isUnknownResubmitted: true })
    assert.equal(third.outcomes[0]?.status, 'failed')
    assert.equal(third.unknown[0]?.isResubmitted, false)
  })

  void test('a worker that died during the call is the same, also after a restart', async () => {
    const job = { attempts: [{ ...entry, outcome: 'submitting' as const }] }
    const engine = { ...losing, submit: () => assert.fail('a second billable call') }
    const off = await run({ engine, job, attempt: 2 })
    assert.ok(off.outcomes[0]?.status === 'failed')
    assert.equal(off.unknown.length, 1)
    const on = await run({ engine, job, attempt: 2, isUnknownResubmitted: true })
    assert.deepEqual([on.outcomes, on.releases.length], [[], 1], 'the next attempt makes the call')
  })

  void test('at home it costs nothing and is simply made again', async () => {
    const { releases, unknown } = await run({ engine: { ...losing, isRepeatable: true } })
    assert.deepEqual([releases.length, unknown], [1, []])
  })
})

void describe('runJob: a picture that was paid for and could not be fetched', () => {
  const away = upstreamError(unanswered('transient', { call: 'follow', charged: 'maybe' }), 'It is away.')
  const poll = (): Promise<never> => Promise.reject(away)
  const attempts: Attempt[] = [{ ...entry, outcome: 'lost', handle: { id: 'old' } }]

  void test('does not end with a code that invites to buy it again', async () => {
    const { outcomes } = await run({ engine: { isRepeatable: false, poll }, job: { attempts }, attempt: 2 })
    assert.ok(outcomes[0]?.status === 'failed')
    const { code, message, isRetryable } = outcomes[0].error
    assert.deepEqual([code, message, isRetryable], ['engine_failed', 'It is away.', false])
  })

  void test('at home it may be made again', async () => {
    const { releases } = await run({ engine: { isRepeatable: true, poll }, job: { attempts }, attempt: 2 })
    assert.equal(releases[0]?.code, 'unavailable')
  })
})

void describe('runJob: a job that its engine has forgotten', () => {
  const attempts: Attempt[] = [{ ...entry, outcome: 'lost', handle: { id: 'old' } }]
  const poll = (): Promise<never> => Promise.reject(gone)
  const submit = (): Promise<never> => assert.fail('a second billable call')

  void test('fails for that reason, and is not made again', async () => {
    const plan = {
      engine: 'market',
      queue: 'm',
      warnings: [],
      estimate: { microUsd: 1, basis: 'tokens', computeUnits: null },
    } as const
    const { outcomes, reroutes } = await run({
      engine: { isRepeatable: false, poll, submit },
      job: { attempts },
      attempt: 2,
      fallbacks: [plan],
    })
    assert.ok(outcomes[0]?.status === 'failed')
    assert.deepEqual([outcomes[0].error.code, outcomes[0].error.message], ['engine_failed', 'It is gone.'])
    assert.deepEqual(reroutes, [], 'it was paid for')
  })

  void test('is made again at home', async () => {
    const { releases } = await run({
      engine: { isRepeatable: true, poll, submit },
      job: { attempts },
      attempt: 2,
    })
    assert.equal(releases.length, 1)
  })
})
