import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ATTEMPT_NOW, createAttemptBench } from '../../test/support/run-attempt.ts'
import type { AttemptSetup } from '../../test/support/run-attempt.ts'
import type { Engine } from './engine.ts'
import type { Attempt, Plan } from './job.ts'
import type { UpstreamFault, UpstreamFaultKind } from './upstream-fault.ts'
import { unanswered, upstreamError } from './upstream-fault.ts'

const { run } = createAttemptBench()
const planOf = (engine: string): Plan => ({
  engine,
  queue: engine,
  warnings: [],
  estimate: { microUsd: 40_000, basis: 'list_price', computeUnits: null },
})
const BOTH = [planOf('market'), planOf('home')]

function failing(kind: UpstreamFaultKind, more: Partial<UpstreamFault> = {}): Partial<Engine> {
  const fault = { ...unanswered(kind, { call: 'submit', charged: 'no' }), ...more }
  return { isRepeatable: false, submit: () => Promise.reject(upstreamError(fault, 'It says why.')) }
}

const failed = (number: number): Attempt => ({
  number,
  engine: 'vendor',
  startedAt: 0,
  endedAt: 1,
  outcome: 'failed',
  upstreamId: null,
  error: null,
})

/** Where the job went, and how its attempt ended. */
async function fate(setup: AttemptSetup): Promise<string> {
  const { outcomes, reroutes, releases, journal } = await run(setup)
  const ends = [
    ...outcomes.map(({ status }) => status),
    ...reroutes.map(({ engine }) => `to ${engine}`),
    ...releases.map(({ runAt }) => `again in ${runAt - ATTEMPT_NOW}`),
  ]
  if (ends.some((end) => end.startsWith('to '))) assert.equal(journal.at(-1)?.outcome, 'failed')
  return ends.join(', ')
}

void describe('runJob: another engine', () => {
  void test('a fault of this upstream or key moves the job on, when it surely was not paid', async () => {
    for (const kind of ['auth', 'quota', 'not_found'] as const)
      assert.equal(await fate({ engine: failing(kind), fallbacks: BOTH }), 'to market', kind)
  })

  void test('a fault that may pass is waited for first, and moves the job on when it does not', async () => {
    const engine = failing('transient')
    assert.equal(await fate({ engine, fallbacks: BOTH }), 'again in 500')
    const attempts = [failed(1), failed(2)]
    assert.equal(await fate({ engine, fallbacks: BOTH, job: { attempts }, attempt: 3 }), 'to market')
  })

  void test('an upstream that wants to be left alone for long is not waited for, unless there is no other', async () => {
    const engine = failing('rate_limited', { retryAfterMs: 120_000 })
    assert.equal(await fate({ engine, fallbacks: BOTH }), 'to market')
    assert.equal(await fate({ engine }), 'again in 120000')
    assert.equal(
      await fate({ engine, fallbacks: BOTH, tooDear: ['market', 'home'] }),
      'to market, to home, again in 120000',
    )
  })

  void test('a refusal, a bad request and what may have been paid never move', async () => {
    for (const kind of ['refused', 'invalid_input', 'bad_response', 'outcome_unknown'] as const)
      assert.equal(await fate({ engine: failing(kind), fallbacks: BOTH }), 'failed', kind)
    const kinds = ['auth', 'quota', 'not_found', 'transient', 'rate_limited'] as const
    for (const kind of kinds)
      for (const more of [{ charged: 'maybe' }, { charged: 'yes' }, { call: 'follow' }] as const)
        assert.equal(await fate({ engine: failing(kind, more), fallbacks: BOTH }), 'failed', kind)
  })

  void test('the first whose price is covered gets the job; none covered fails it and says so', async () => {
    const engine = failing('quota')
    assert.equal(await fate({ engine, fallbacks: BOTH, tooDear: ['market'] }), 'to market, to home')
    const { outcomes } = await run({ engine, fallbacks: BOTH, tooDear: ['market', 'home'] })
    assert.ok(outcomes[0]?.status === 'failed')
    assert.match(outcomes[0].error.message, /^It says why\. .*more than was set aside/u)
  })

  void test('a cancel comes before another engine', async () => {
    const controller = new AbortController()
    controller.abort('cancelled')
    const { outcomes, reroutes } = await run({ engine: failing('quota'), fallbacks: BOTH }, controller.signal)
    assert.deepEqual([outcomes[0]?.status, reroutes], ['cancelled', []])
  })
})
