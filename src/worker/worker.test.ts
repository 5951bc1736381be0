import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { storedJob } from '../../test/support/requests.ts'
import type { ClaimedJob, Lease } from '../core/ports.ts'
import { createWorker } from './worker.ts'
import type { Worker, WorkerDeps } from './worker.ts'

type Run = { id: string; signal: AbortSignal; end: () => void }
type Rig = {
  worker: Worker
  /** Jobs that wait, by queue. */
  waiting: ClaimedJob[]
  runs: Run[]
  claims: Record<string, number>[]
  /** The leases that each claim named. */
  running: (readonly Lease[])[]
  errors: unknown[]
  ring: () => void
}

function claimed(id: string, queue = 'local'): ClaimedJob {
  const job = storedJob({ id, queue })
  return { job, lease: { jobId: id, owner: 'w', attempt: 1, expiresAt: 1e15 } }
}

function rig(
  more: Partial<WorkerDeps> = {},
  heartbeat: WorkerDeps['state']['heartbeat'] = async () => ({ isCancelRequested: false }),
): Rig {
  let ring = (): void => undefined
  const waiting: ClaimedJob[] = []
  const runs: Run[] = []
  const claims: Record<string, number>[] = []
  const running: (readonly Lease[])[] = []
  const errors: unknown[] = []
  const worker = createWorker({
    state: {
      claim: async ({ slots, running: held = [] }) => {
        running.push(held)
        claims.push({ ...slots })
        return Object.entries(slots).flatMap(([queue, count]) => {
          const taken = waiting.filter(({ job }) => job.queue === queue).slice(0, count)
          for (const job of taken) waiting.splice(waiting.indexOf(job), 1)
          return taken
        })
      },
      heartbeat,
      nextWakeMs: async () => null,
      onWork: (listener) => {
        ring = listener
        return () => undefined
      },
    },
    runJob: ({ job }, signal) =>
      new Promise((resolve) => {
        runs.push({ id: job.id, signal, end: resolve })
        signal.addEventListener('abort', () => resolve())
      }),
    clock: { now: () => 0 },
    owner: 'w',
    slots: { local: 2, vendor: 1 },
    leaseMs: 60_000,
    onError: (error) => errors.push(error),
    ...more,
  })
  return { worker, waiting, runs, claims, running, errors, ring: () => ring() }
}

/** Lets everything that is ready happen. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve))
}

void describe('worker', () => {
  void test('fills its places by queue and takes the next job as soon as one is free', async () => {
    const { worker, waiting, runs, claims, ring } = rig()
    waiting.push(claimed('a'), claimed('b'), claimed('c'), claimed('d', 'vendor'))
    worker.start()
    await settle()
    assert.deepEqual(runs.map(({ id }) => id).sort(), ['a', 'b', 'd'])
    assert.equal(worker.runningCount(), 3)
    ring()
    await settle()
    assert.equal(claims.length, 1, 'without a free place it does not ask')
    runs[0]?.end()
    await settle()
    assert.equal(runs.at(-1)?.id, 'c')
    assert.deepEqual(claims.at(-1), { local: 1 })
    await worker.stop({ graceMs: 0 })
  })

  void test('sleeps until somebody rings', async () => {
    const { worker, waiting, runs, ring } = rig()
    worker.start()
    await settle()
    waiting.push(claimed('a'))
    ring()
    await settle()
    assert.equal(runs.length, 1)
    await worker.stop({ graceMs: 0 })
  })

  void test('a claim tells under which leases the worker works', async () => {
    const { worker, waiting, runs, ring, running } = rig()
    const job = claimed('a')
    waiting.push(job)
    worker.start()
    await settle()
    ring()
    await settle()
    assert.deepEqual(running, [[], [job.lease]])
    runs[0]?.end()
    await settle()
    assert.deepEqual(running.at(-1), [])
    await worker.stop({ graceMs: 0 })
  })

  void test('a cancel is seen at once when the worker is told, a lost lease stops the attempt', async () => {
    const answers = [{ isCancelRequested: true }, null]
    const { worker, waiting, runs } = rig({}, async () => answers.shift() ?? null)
    waiting.push(claimed('a'), claimed('b'))
    worker.start()
    await settle()
    worker.check('a')
    worker.check('b')
    worker.check('unknown')
    await settle()
    assert.deepEqual(
      runs.map(({ signal }) => signal.reason),
      ['cancelled', 'lease_lost'],
    )
    await worker.stop({ graceMs: 0 })
  })

  void test('when the store cannot be reached past the end of the lease, the attempt stops', async () => {
    let now = 0
    const broken = async (): Promise<never> => {
      throw new Error('no store')
    }
    const { worker, waiting, runs, errors } = rig({ clock: { now: () => now } }, broken)
    const job = claimed('a')
    waiting.push({ ...job, lease: { ...job.lease, expiresAt: 100 } })
    worker.start()
    await settle()
    worker.check('a')
    await settle()
    assert.equal(runs[0]?.signal.aborted, false)
    now = 101
    worker.check('a')
    await settle()
    assert.equal(runs[0]?.signal.reason, 'lease_lost')
    assert.equal(errors.length, 2)
    await worker.stop({ graceMs: 0 })
  })

  void test('stop lets running jobs end within the grace, then gives back the rest', async () => {
    const { worker, waiting, runs } = rig()
    waiting.push(claimed('a'), claimed('b'))
    worker.start()
    await settle()
    const stopping = worker.stop({ graceMs: 20 })
    runs[0]?.end()
    await stopping
    assert.deepEqual(
      runs.map(({ signal }) => signal.reason as unknown),
      [undefined, 'shutdown'],
    )
    waiting.push(claimed('c'))
    await settle()
    assert.equal(runs.length, 2, 'nothing is claimed after a stop')
  })

  void test('a claim that fails is reported and does not end the loop', async () => {
    const answers: (() => ClaimedJob[])[] = [
      () => {
        throw new Error('busy')
      },
      () => [claimed('a')],
    ]
    let ring = (): void => undefined
    const { worker, errors, runs } = rig({
      state: {
        claim: async () => answers.shift()?.() ?? [],
        heartbeat: async () => null,
        nextWakeMs: async () => null,
        onWork: (listener) => {
          ring = listener
          return () => undefined
        },
      },
    })
    worker.start()
    await settle()
    assert.equal(errors.length, 1)
    ring()
    await settle()
    assert.equal(runs.length, 1)
    await worker.stop({ graceMs: 0 })
  })
})
