import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { storedJob } from '../../test/support/requests.ts'
import { createAttemptBench } from '../../test/support/run-attempt.ts'
import type { Engine, EngineStatus, Handle } from './engine.ts'
import type { Outcome } from './ports.ts'
import type { StopReason } from './run-job.ts'

const { run, made } = createAttemptBench()
const running: EngineStatus = { state: 'running', status: 'sampling', progress: null }
const accepted = { handle: { id: 'x' }, status: running }

type Call = { name: string; at: number }

/** An engine that answers polls in turn, and when each call came, in milliseconds since the submit. */
function asking(statuses: readonly EngineStatus[], submitted: EngineStatus = running) {
  const calls: Call[] = []
  const waiting = [...statuses]
  let began = 0
  const note = (name: string): void => void calls.push({ name, at: performance.now() - began })
  const engine: Partial<Engine> = {
    kind: 'async',
    isRepeatable: false,
    submit: () => {
      began = performance.now()
      return Promise.resolve({ handle: { id: 'x' }, status: submitted })
    },
    poll: () => {
      note('poll')
      return Promise.resolve(waiting.shift() ?? { state: 'completed', ...made })
    },
  }
  return { engine, calls }
}

void describe('runEngine: asking for a job', () => {
  void test("waits as long as the upstream wants, not the runner's second", async () => {
    const { engine, calls } = asking([{ ...running, pollAfterMs: 1 }], { ...running, pollAfterMs: 60 })
    const { outcomes } = await run({ engine })
    assert.equal(outcomes[0]?.status, 'completed')
    assert.deepEqual(
      calls.map(({ name }) => name),
      ['poll', 'poll'],
    )
    // Timers may fire a millisecond early, never a second.
    assert.ok((calls[0]?.at ?? 0) >= 50, 'also before the first poll')
  })

  void test(
    'news end the pause, also news that came while the poll was answered',
    { timeout: 30_000 },
    async () => {
      const later = new Promise<void>((resolve) => void setImmediate(resolve))
      const { engine, calls } = asking([
        { ...running, pollAfterMs: 60_000, news: later },
        { ...running, pollAfterMs: 60_000, news: Promise.resolve() },
      ])
      const { outcomes } = await run({ engine })
      assert.deepEqual([outcomes[0]?.status, calls.length], ['completed', 3])
    },
  )

  void test('an engine that hears nothing is asked at the usual pace', async () => {
    const silent = new Promise<void>(() => undefined)
    const { engine, calls } = asking([{ ...running, pollAfterMs: 1, news: silent }])
    const { outcomes } = await run({ engine })
    assert.deepEqual([outcomes[0]?.status, calls.length], ['completed', 2])
  })

  void test('a cancel ends the pause, whatever there is to hear', { timeout: 30_000 }, async () => {
    const controller = new AbortController()
    const silent = new Promise<void>(() => undefined)
    const { engine } = asking([{ ...running, pollAfterMs: 60_000, news: silent }])
    setImmediate(() => controller.abort('cancelled' satisfies StopReason))
    const { outcomes } = await run({ engine }, controller.signal)
    assert.equal(outcomes[0]?.status, 'cancelled')
  })

  for (const reason of ['cancelled', 'deadline'] as const)
    void test(`${reason}: the upstream is told to stop`, async () => {
      const controller = new AbortController()
      const cancelled: Handle[] = []
      const engine: Partial<Engine> = {
        isRepeatable: false,
        submit: () => Promise.resolve(accepted),
        poll: () => {
          controller.abort(reason satisfies StopReason)
          return Promise.resolve(running)
        },
        cancel: (handle) => {
          cancelled.push(handle)
          return Promise.resolve('cancelled')
        },
      }
      const { outcomes } = await run({ engine }, controller.signal)
      assert.deepEqual(cancelled, [{ id: 'x' }])
      assert.equal(outcomes[0]?.status, reason === 'cancelled' ? 'cancelled' : 'failed')
    })

  for (const reason of ['shutdown', 'lease_lost'] as const)
    void test(`${reason}: somebody else goes on with it`, async () => {
      const controller = new AbortController()
      const poll = (): Promise<EngineStatus> => {
        controller.abort(reason satisfies StopReason)
        return Promise.resolve(running)
      }
      const engine: Partial<Engine> = {
        isRepeatable: false,
        submit: () => Promise.resolve(accepted),
        poll,
        cancel: () => assert.fail('the upstream must go on'),
      }
      await run({ engine }, controller.signal)
    })

  void test('a cancel that came while the submit was answered is passed on too', async () => {
    const controller = new AbortController()
    let cancels = 0
    const engine: Partial<Engine> = {
      isRepeatable: false,
      submit: () => {
        controller.abort('cancelled' satisfies StopReason)
        return Promise.resolve(accepted)
      },
      poll: () => assert.fail('nobody wants it any more'),
      cancel: () => {
        cancels += 1
        return Promise.resolve('cancelled')
      },
    }
    const { outcomes, journal } = await run({ engine }, controller.signal)
    assert.deepEqual([cancels, outcomes[0]?.status], [1, 'cancelled'])
    assert.deepEqual(journal.at(-1)?.handle, { id: 'x' })
  })
})

void describe('runJob: what a stopped call may have cost', () => {
  const stoppedBy = async (reason: StopReason, isBefore: boolean): Promise<Outcome | undefined> => {
    const controller = new AbortController()
    if (isBefore) controller.abort(reason)
    const submit = (): Promise<never> => {
      controller.abort(reason)
      return Promise.reject(new Error('aborted'))
    }
    const { outcomes } = await run({ engine: { isRepeatable: false, submit } }, controller.signal)
    return outcomes[0]
  }

  void test('a cancel before the call costs nothing, one during it may', async () => {
    assert.deepEqual(await stoppedBy('cancelled', true), { status: 'cancelled', mayBePaid: false })
    assert.deepEqual(await stoppedBy('cancelled', false), { status: 'cancelled', mayBePaid: true })
  })

  void test('a cancel while inputs are made ready costs nothing: the call was not announced', async () => {
    const controller = new AbortController()
    const engine: Partial<Engine> = {
      isRepeatable: false,
      submit: async (_request, { announceCall }) => {
        controller.abort('cancelled' satisfies StopReason)
        await announceCall()
        return assert.fail('the call was made')
      },
    }
    const { outcomes, journal } = await run({ engine, isCallUnannounced: true }, controller.signal)
    assert.deepEqual(outcomes, [{ status: 'cancelled', mayBePaid: false }])
    assert.deepEqual(journal, [])
  })

  void test('a shutdown while the call is announced leaves no trace of a call', async () => {
    const controller = new AbortController()
    const engine: Partial<Engine> = {
      isRepeatable: false,
      submit: async (_request, { announceCall }) => {
        const announcing = announceCall()
        controller.abort('shutdown' satisfies StopReason)
        await announcing
        return assert.fail('the call was made')
      },
    }
    const { journal, releases } = await run({ engine, isCallUnannounced: true }, controller.signal)
    assert.deepEqual([journal.map(({ outcome }) => outcome), releases.length], [['submitting', null], 1])
  })

  void test('a deadline after the job was taken is paid for too, and does not invite to buy again', async () => {
    const controller = new AbortController()
    const poll = (): Promise<EngineStatus> => {
      controller.abort('deadline' satisfies StopReason)
      return Promise.resolve(running)
    }
    const endOf = async (isRepeatable: boolean) => {
      const submit = (): Promise<typeof accepted> => Promise.resolve(accepted)
      const { outcomes } = await run({ engine: { isRepeatable, submit, poll } }, controller.signal)
      return outcomes[0]?.status === 'failed' ? outcomes[0] : assert.fail()
    }
    const paid = await endOf(false)
    assert.deepEqual([paid.error.isRetryable, paid.cost], [false, storedJob().cost])
  })

  void test('an engine that forgets to announce its call is found out at the first one', async () => {
    const forgetful = await run({ engine: { isRepeatable: false }, isCallUnannounced: true })
    assert.match(String(forgetful.internal[0]), /without awaiting announceCall/u)
    assert.equal(forgetful.outcomes[0]?.status, 'completed', 'what was paid for is kept')
    const atHome = await run({ engine: { isRepeatable: true }, isCallUnannounced: true })
    assert.equal(atHome.outcomes[0]?.status, 'completed')
    assert.deepEqual(
      [forgetful, atHome].map(({ journal }) => journal.length),
      [1, 0],
    )
  })

  void test('a deadline likewise, and then its price is that of the plan', async () => {
    const costOf = async (isBefore: boolean) => {
      const outcome = await stoppedBy('deadline', isBefore)
      return outcome?.status === 'failed' ? outcome.cost : assert.fail()
    }
    assert.equal(await costOf(true), null)
    assert.deepEqual(await costOf(false), storedJob().cost)
  })
})
