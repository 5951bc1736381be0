import type { CallOptions } from './options.ts'
import { createPages } from './pages.ts'
import type { PagePromise } from './pages.ts'
import { toId } from './paths.ts'
import { sleep } from './sleep.ts'
import type { Transport } from './transport.ts'
import type { CompletedJob, Job, JobStatus, Page } from './types.ts'
import { waitForJob } from './wait.ts'
import type { WaitDeps, WaitOptions } from './wait.ts'

export type JobsQuery = {
  /** 1 to 1000 jobs a page; 100 by default. */
  limit?: number
  /** Only jobs created before this time, as `next_cursor` of a page gives it. */
  cursor?: string
  status?: JobStatus
  types?: readonly string[]
}

export type Jobs = {
  get: (id: string, options?: CallOptions) => Promise<Job>
  /** Your jobs, newest first. */
  list: (query?: JobsQuery, options?: CallOptions) => PagePromise<Job>
  /** Waits until the job ends: by its events where the server has them, else by polling. @throws JobFailedError, TimeoutError */
  wait: (id: string, options?: WaitOptions) => Promise<CompletedJob>
  /** Stops a pending job and answers what became of it; a job that has ended stays as it is. */
  cancel: (id: string, options?: CallOptions) => Promise<Job>
  /** Pending: cancels it. Ended: removes it with its files. */
  delete: (id: string, options?: CallOptions) => Promise<void>
}

export function createJobs(
  send: Transport,
  waiting: Pick<WaitDeps, 'defaultIntervalMs' | 'requestTimeoutMs' | 'follow'>,
): Jobs {
  const get: Jobs['get'] = async (id, options) => {
    const path = `/jobs/${toId('id', id)}`
    return (await send({ method: 'GET', path, isRepeatable: true, options })).body as Job
  }
  const waitDeps = { get, sleep, now: () => performance.now(), ...waiting }
  return {
    get,
    list: ({ types, cursor, ...query } = {}, options) =>
      createPages(async (cursor) => {
        const all = { ...query, types: types?.join(','), cursor }
        return (await send({ method: 'GET', path: '/jobs', query: all, isRepeatable: true, options }))
          .body as Page<Job>
      }, cursor),
    wait: (id, options = {}) => waitForJob(waitDeps, id, options),
    cancel: async (id, options) => {
      const path = `/jobs/${toId('id', id)}/cancel`
      return (await send({ method: 'POST', path, isRepeatable: true, options })).body as Job
    },
    delete: async (id, options) => {
      // Not repeatable: the first DELETE cancels a pending job, a second one removes its record too.
      await send({ method: 'DELETE', path: `/jobs/${toId('id', id)}`, isRepeatable: false, options })
    },
  }
}
