import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { jobJson } from '../../test/sdk/scripted-server.ts'
import { ConnectionError, NotFoundError } from './errors.ts'
import type { Job } from './types.ts'
import { pollPauseMs, waitForJob } from './wait.ts'
import type { WaitDeps, WaitOptions } from './wait.ts'

type Step = string | Error

/** A wait over a clock of its own: each poll takes the next step, the last one for ever. */
function scriptWait(steps: readonly Step[], intervalMs = 2000) {
  let now = 0
  const pauses: number[] = []
  let polls = 0
  const deps: WaitDeps = {
    get: () => {
      const step = steps[Math.min(polls, steps.length - 1)] ?? 'queued'
      polls += 1
      return step instanceof Error ? Promise.reject(step) : Promise.resolve(jobJson('j1', step) as Job)
    },
    sleep: (ms) => {
      pauses.push(ms)
      now += ms
      return Promise.resolve()
    },
    now: () => now,
    defaultIntervalMs: intervalMs,
    requestTimeoutMs: 60_000,
  }
  return { pauses, polls: () => polls, wait: (options: WaitOptions = {}) => waitForJob(deps, 'j1', options) }
}

void describe('waitForJob', () => {
  void test('polls at once, quickly at first, then at the interval, until the job is completed', async () => {
    const script = scriptWait([
      'queued',
      'processing',
      'sampling',
      'intermediate-complete',
      'processing',
      'completed',
    ])
    const job = await script.wait()
    assert.deepEqual(job.result.urls, ['http://127.0.0.1/files/a'])
    assert.deepEqual(script.pauses, [250, 500, 1000, 2000, 2000])
    assert.equal(pollPauseMs(0, 100), 100)
    assert.equal(pollPauseMs(10_000, 2000), 2000)
  })

  void test('tells every poll', async () => {
    const seen: string[] = []
    await scriptWait(['queued', 'processing', 'completed']).wait({ onUpdate: (job) => seen.push(job.status) })
    assert.deepEqual(seen, ['queued', 'processing', 'completed'])
  })

  void test('failed and cancelled are thrown with the job', async () => {
    for (const status of ['failed', 'cancelled']) {
      const failure = scriptWait(['queued', status]).wait()
      await assert.rejects(failure, (error: { name: string; job: Job }) => {
        assert.equal(error.name, 'JobFailedError')
        assert.equal(error.job.status, status)
        return true
      })
    }
  })

  void test('timeoutMs ends the wait on the millisecond and hands the job over', async () => {
    const script = scriptWait(['processing'])
    await assert.rejects(
      script.wait({ timeoutMs: 3000 }),
      (error: { name: string; message: string; job: Job }) => {
        assert.equal(error.name, 'TimeoutError')
        assert.equal(error.message, 'Job j1 is still processing after 3000 ms')
        assert.equal(error.job.job_id, 'j1')
        return true
      },
    )
    assert.equal(
      script.pauses.reduce((sum, ms) => sum + ms, 0),
      3000,
    )
  })

  void test('an outage of a minute is survived, a longer one is not', async () => {
    const outage = new ConnectionError('Cannot reach it')
    const short = scriptWait(['processing', outage, outage, outage, 'completed'])
    assert.equal((await short.wait()).status, 'completed')
    const long = scriptWait(['processing', outage])
    await assert.rejects(long.wait(), outage)
    const waited = long.pauses.reduce((sum, ms) => sum + ms, 0)
    assert.ok(waited > 60_000 && waited < 65_000, `${waited}`)
  })

  void test('what waiting cannot mend is thrown at once', async () => {
    const script = scriptWait(['processing', new NotFoundError('Not found')])
    await assert.rejects(script.wait(), { name: 'NotFoundError' })
    assert.equal(script.polls(), 2)
  })
})
