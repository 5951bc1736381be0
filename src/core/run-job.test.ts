import assert from 'node:assert/strict'
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { generateInput } from '../../test/support/requests.ts'
import { createAttemptBench } from '../../test/support/run-attempt.ts'
import type { Engine } from './engine.ts'
import type { ErrorCode } from './errors.ts'
import { AfterimageError } from './errors.ts'
import type { Attempt } from './job.ts'
import type { StopReason } from './run-job.ts'
import type { UpstreamFault, UpstreamFaultKind } from './upstream-fault.ts'
import { unanswered as unansweredFault, upstreamError } from './upstream-fault.ts'

const { run, photo, made: withPhoto, blobs, scratchDirectory } = createAttemptBench()
const RESULT = { ...withPhoto, outputs: [] }

function failing(code: ErrorCode): Partial<Engine> {
  return { submit: () => Promise.reject(new AfterimageError(code, 'it says why')) }
}

async function countBlobs(): Promise<number> {
  return (await Array.fromAsync(blobs.list())).length
}

void describe('runJob', () => {
  void test('stores what the engine made, journals before the call and leaves no scratch behind', async () => {
    let order = ''
    const { outcomes, journal } = await run({
      engine: {
        isRepeatable: false,
        submit: (_request, context) => {
          order += 'submit'
          const path = join(context.scratchDirectory, 'out.jpg')
          writeFileSync(path, photo)
          const status = {
            state: 'completed' as const,
            ...RESULT,
            outputs: [{ kind: 'file' as const, path }],
          }
          return Promise.resolve({ handle: null, status })
        },
      },
      job: { warnings: [{ code: 'a', path: 'b', message: 'c' }] },
    })
    assert.equal(order, 'submit')
    assert.equal(journal[0]?.outcome, 'submitting')
    const [outcome] = outcomes
    assert.ok(outcome?.status === 'completed' && outcomes.length === 1)
    const [output] = outcome.outputs
    assert.deepEqual([output?.contentType, output?.width, output?.height], ['image/jpeg', 451, 300])
    assert.match(String(output?.fileId), /^[0-9a-f]{32}$/u)
    assert.equal(outcome.warnings.length, 1, "the plan's warnings stay")
    assert.deepEqual(readdirSync(scratchDirectory), [])
  })

  void test('no output, or one that is no image, fails the job and leaves nothing stored', async () => {
    const before = await countBlobs()
    const page = { kind: 'bytes' as const, bytes: Buffer.from('<!doctype html><title>no</title>') }
    for (const [outputs, message] of [
      [[], /without an image/u],
      [[{ kind: 'bytes' as const, bytes: photo }, page], /cannot be used: found an HTML page/u],
    ] as const) {
      const status = { state: 'completed' as const, ...RESULT, outputs }
      const { outcomes } = await run({ engine: { submit: () => Promise.resolve({ handle: null, status }) } })
      const [outcome] = outcomes
      assert.ok(outcome?.status === 'failed')
      assert.equal(outcome.error.code, 'engine_failed')
      assert.match(outcome.error.message, message)
    }
    assert.equal(await countBlobs(), before)
  })

  void test('a preview is stored while the attempt lasts, also where its lease is lost', async () => {
    const before = await countBlobs()
    for (const isLeaseLost of [false, true]) {
      const wanted = isLeaseLost ? before : before + 1
      const submit: Engine['submit'] = async (_request, { onPreview }) => {
        onPreview?.({ bytes: photo })
        while ((await countBlobs()) !== wanted);
        throw new AfterimageError('engine_failed')
      }
      const options = { ...generateInput().options, arePreviewsWanted: true }
      const job = { input: generateInput({ options }) }
      const { previews } = await run({ engine: { submit }, job, isLeaseLost })
      assert.equal(previews.length, 1)
      assert.equal(await countBlobs(), before)
    }
  })

  void test('a lost lease stops before the call; a result that comes too late is thrown away', async () => {
    const before = await countBlobs()
    let calls = 0
    const submit: Engine['submit'] = () => {
      calls += 1
      return Promise.resolve({ handle: null, status: { state: 'completed', ...withPhoto } })
    }
    await run({ engine: { submit, isRepeatable: false }, isLeaseLost: true })
    assert.equal(calls, 0)
    await run({ engine: { submit }, isLeaseLost: true })
    assert.equal(calls, 1)
    assert.equal(await countBlobs(), before)
  })

  void test('a crash of the engine is tried again with growing pauses, at most three times', async () => {
    const first = await run({ engine: failing('engine_crashed') })
    assert.deepEqual(first.releases, [{ runAt: 5500, isAttemptSpent: true, code: 'engine_crashed' }])
    const failed = { number: 1, engine: 'vendor', startedAt: 0, endedAt: 1, upstreamId: null, error: null }
    const after = (...outcomes: Attempt['outcome'][]): Attempt[] =>
      outcomes.map((outcome, index) => ({ ...failed, number: index + 1, outcome }))
    const runAfter = (attempts: Attempt[]): ReturnType<typeof run> =>
      run({ engine: failing('engine_crashed'), job: { attempts }, attempt: attempts.length + 1 })
    assert.deepEqual((await runAfter(after('failed'))).releases[0]?.runAt, 7000)
    assert.equal((await runAfter(after('failed', 'failed'))).outcomes[0]?.status, 'failed')
    assert.deepEqual(
      (await runAfter(after('lost', 'lost'))).releases[0]?.runAt,
      5500,
      'a lost worker is no try',
    )
  })

  void test('what would fail again fails at once, and an engine that may not repeat is never repeated', async () => {
    assert.equal((await run({ engine: failing('engine_failed') })).outcomes[0]?.status, 'failed')
    const once = await run({ engine: { ...failing('engine_crashed'), isRepeatable: false } })
    assert.equal(once.outcomes[0]?.status, 'failed')
  })

  void test('a fault of ours is reported and the job says no more than that', async () => {
    const submit: Engine['submit'] = () => Promise.reject(new Error('secret path /etc/x'))
    const { outcomes, internal } = await run({ engine: { submit } })
    const [outcome] = outcomes
    assert.ok(outcome?.status === 'failed')
    assert.equal(outcome.error.code, 'internal')
    assert.doesNotMatch(outcome.error.message, /secret/u)
    assert.equal(internal.length, 1)
  })

  for (const [reason, expected] of [
    ['cancelled', { outcomes: ['cancelled'], releases: [] }],
    ['lease_lost', { outcomes: [], releases: [] }],
    ['shutdown', { outcomes: [], releases: [false] }],
  ] as const)
    void test(`stopped by ${reason}`, async () => {
      const controller = new AbortController()
      const submit: Engine['submit'] = (_request, { signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(new AfterimageError('cancelled')))
          controller.abort(reason satisfies StopReason)
        })
      const { outcomes, releases } = await run({ engine: { submit } }, controller.signal)
      assert.deepEqual(
        outcomes.map(({ status }) => status),
        expected.outcomes,
      )
      assert.deepEqual(
        releases.map(({ isAttemptSpent }) => isAttemptSpent),
        expected.releases,
      )
    })

  void test('an attempt that takes too long ends as engine_timeout', async () => {
    const submit: Engine['submit'] = (_request, { signal }) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(new AfterimageError('cancelled')))
      })
    const { outcomes } = await run({ engine: { submit }, timeoutMs: 5 })
    assert.ok(outcomes[0]?.status === 'failed')
    assert.equal(outcomes[0].error.code, 'engine_timeout')
  })

  void test('an engine that is gone from the configuration fails the job with those that are there', async () => {
    const { outcomes } = await run({ engine: {}, job: { engine: 'gone' } })
    assert.ok(outcomes[0]?.status === 'failed')
    assert.match(outcomes[0].error.message, /gone.*Configured: vendor/u)
  })

  void test('progress never goes back', async () => {
    const submit: Engine['submit'] = (_request, { onProgress }) => {
      onProgress('sampling', { stage: 'a', percent: 60, etaMs: null })
      onProgress('sampling', { stage: 'b', percent: 100, etaMs: null })
      onProgress('sampling', { stage: 'c', percent: 100.5, etaMs: null })
      return Promise.resolve({ handle: null, status: { state: 'completed', ...withPhoto } })
    }
    const { progress } = await run({ engine: { submit } })
    assert.deepEqual(
      progress.map(({ percent }) => percent),
      [60, 100, 100],
    )
  })
})

void describe('runJob: engines that must not be called twice', () => {
  const unanswered: Attempt = {
    number: 1,
    engine: 'vendor',
    startedAt: 0,
    endedAt: null,
    outcome: 'submitting',
    upstreamId: null,
    error: null,
  }
  const faultOf = (kind: UpstreamFaultKind): UpstreamFault =>
    unansweredFault(kind, { call: 'submit', charged: 'no' })
  const succeed: Engine['submit'] = () =>
    Promise.resolve({ handle: null, status: { state: 'completed', ...withPhoto } })
  const once: Partial<Engine> = { isRepeatable: false, submit: () => assert.fail('a second billable call') }

  void test('an earlier submit without an answer ends as outcome_unknown', async () => {
    const { outcomes } = await run({ engine: once, job: { attempts: [unanswered] }, attempt: 2 })
    assert.ok(outcomes[0]?.status === 'failed')
    assert.equal(outcomes[0].error.code, 'outcome_unknown')
  })

  void test('one that was lost before it called is made anew', async () => {
    for (const outcome of ['lost', null] as const) {
      const attempts = [{ ...unanswered, outcome }]
      const { outcomes } = await run({ engine: { ...once, submit: succeed }, job: { attempts }, attempt: 2 })
      assert.equal(outcomes[0]?.status, 'completed')
    }
  })

  void test('what a failed call took, or may have taken, is told; nothing where it surely took nothing', async () => {
    const cost = { microUsd: 39_000, basis: 'list_price', computeUnits: null } as const
    const unknown = { microUsd: null, basis: 'unknown', computeUnits: null } as const
    for (const [charged, price, told] of [
      ['yes', cost, cost],
      ['maybe', cost, cost],
      ['maybe', unknown, unknown],
      ['no', cost, null],
    ] as const) {
      const fault = { ...faultOf('bad_response'), charged }
      const submit: Engine['submit'] = () => Promise.reject(upstreamError(fault, 'no picture'))
      const { outcomes } = await run({ engine: { ...once, submit }, job: { cost: price } })
      assert.ok(outcomes[0]?.status === 'failed')
      assert.deepEqual(outcomes[0].cost, told, charged)
    }
  })

  void test('of a result that cannot be used the price is told, too', async () => {
    const cost = { microUsd: 39_000, basis: 'reported', computeUnits: null } as const
    const outputs = [{ kind: 'bytes' as const, bytes: Buffer.from('no picture') }]
    const submit: Engine['submit'] = () =>
      Promise.resolve({ handle: null, status: { state: 'completed', ...RESULT, outputs, cost } })
    const { outcomes } = await run({ engine: { ...once, submit } })
    assert.ok(outcomes[0]?.status === 'failed')
    assert.deepEqual(outcomes[0].cost, cost)
  })

  void test('unless the engine finds it again, or its handle was journalled: then it is polled', async () => {
    const handles: unknown[] = []
    const poll: NonNullable<Engine['poll']> = (handle) => {
      handles.push(handle)
      return Promise.resolve({ state: 'completed', ...withPhoto })
    }
    const recover = (): Promise<{ id: string }> => Promise.resolve({ id: 'found' })
    const found = await run({
      engine: { ...once, poll, recover },
      job: { attempts: [unanswered] },
      attempt: 2,
    })
    const attempts = [{ ...unanswered, outcome: null, handle: { id: 'kept' } }]
    const kept = await run({ engine: { ...once, poll }, job: { attempts }, attempt: 2 })
    assert.deepEqual(handles, [{ id: 'found' }, { id: 'kept' }])
    assert.deepEqual([found.outcomes[0]?.status, kept.outcomes[0]?.status], ['completed', 'completed'])
  })

  void test('a call that surely was not paid is made again, when the upstream wants it, and journalled as failed', async () => {
    const fault = { ...faultOf('rate_limited'), retryAfterMs: 9000 }
    const submit: Engine['submit'] = () => Promise.reject(upstreamError(fault, 'slow down'))
    const { outcomes, releases, journal } = await run({ engine: { ...once, submit } })
    assert.deepEqual(outcomes, [])
    assert.deepEqual(releases, [{ runAt: 14_000, isAttemptSpent: true, code: 'unavailable' }])
    assert.deepEqual(
      journal.map(({ outcome }) => outcome),
      ['submitting', 'failed'],
    )
    const again = { ...once, submit: succeed }
    const failed: Attempt = { ...unanswered, outcome: 'failed' }
    const next = await run({ engine: again, job: { attempts: [failed] }, attempt: 2 })
    assert.equal(next.outcomes[0]?.status, 'completed', 'a failed attempt is no unanswered one')
  })

  void test('a call that may have been paid is never made again', async () => {
    const fault = { ...faultOf('transient'), charged: 'maybe' as const }
    const submit: Engine['submit'] = () => Promise.reject(upstreamError(fault, 'no answer'))
    const { outcomes, releases } = await run({ engine: { ...once, submit } })
    assert.deepEqual([outcomes[0]?.status, releases.length], ['failed', 0])
  })

  void test('the handle is in the journal before the first poll', async () => {
    const seen: string[] = []
    const poll: NonNullable<Engine['poll']> = () => {
      seen.push('poll')
      return Promise.resolve({ state: 'completed', ...withPhoto })
    }
    const submit: Engine['submit'] = () => {
      seen.push('submit')
      const status = { state: 'running' as const, status: 'processing' as const, progress: null }
      return Promise.resolve({ handle: { id: 'x' }, status })
    }
    const { journal, outcomes } = await run({ engine: { kind: 'async', isRepeatable: false, submit, poll } })
    assert.deepEqual(seen, ['submit', 'poll'])
    assert.deepEqual(
      journal.map(({ outcome, handle }) => [outcome, handle]),
      [
        ['submitting', undefined],
        [null, { id: 'x' }],
      ],
    )
    assert.equal(outcomes[0]?.status, 'completed')
  })
})
