import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Job, JobStatus } from './job.ts'
import type { WatchDeps } from './watch-job.ts'
import { createWatchJob } from './watch-job.ts'

/** A store of one job that changes by hand, and how often it was read. */
function createStore() {
  const listeners = new Set<() => void>()
  let job: Job | null = { id: 'j', status: 'queued', version: 1 } as Job
  let reads = 0
  const change = (status: JobStatus | null): void => {
    job = status === null || job === null ? null : { ...job, status, version: job.version + 1 }
    for (const listener of listeners) listener()
  }
  const state: WatchDeps['state'] = {
    getJob: async () => {
      reads += 1
      return job
    },
    onWork: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
  return { state, change, listeners, reads: () => reads }
}

const HOUR = 3_600_000
const open = (changes: Partial<WatchDeps> & { afterVersion?: number } = {}) => {
  const store = createStore()
  const stop = new AbortController()
  const { afterVersion = 0, ...deps } = changes
  const watch = createWatchJob({ state: store.state, pollMs: HOUR, heartbeatMs: HOUR, ...deps })
  const jobs = watch({ id: 'j', accountId: 'a', afterVersion, signal: stop.signal })
  return { ...store, jobs, stop: () => stop.abort(), next: async () => (await jobs.next()).value }
}

void describe('watchJob', () => {
  void test('answers the present state, each change at its commit, and ends with the terminal state', async () => {
    const { jobs, next, change, listeners } = open()
    assert.equal((await next())?.status, 'queued')
    const waiting = next()
    change('processing')
    assert.equal((await waiting)?.status, 'processing')
    change('completed')
    assert.equal((await next())?.status, 'completed')
    assert.equal((await jobs.next()).done, true)
    assert.equal(listeners.size, 0)
  })

  void test('a change that nobody told of is found by the next look', async () => {
    const { next, change, listeners } = open({ pollMs: 1 })
    await next()
    listeners.clear()
    const waiting = next()
    change('processing')
    assert.equal((await waiting)?.status, 'processing')
  })

  void test('a known version is not told again, but its silence is', async () => {
    const { next, reads, change } = open({ pollMs: 1, heartbeatMs: 3, afterVersion: 1 })
    assert.equal(await next(), null)
    assert.ok(reads() > 1)
    change('failed')
    assert.equal((await next())?.version, 2)
  })

  void test('ends when the job is deleted, and when its signal fires', async () => {
    const deleted = open()
    await deleted.next()
    deleted.change(null)
    assert.equal((await deleted.jobs.next()).done, true)
    const stopped = open()
    await stopped.next()
    const waiting = stopped.jobs.next()
    stopped.stop()
    assert.equal((await waiting).done, true)
    assert.equal(stopped.listeners.size, 0)
  })
})
