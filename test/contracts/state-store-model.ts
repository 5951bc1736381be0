/** Random sequences of calls against what must hold after each of them. */
import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { isTerminal, type Job } from '../../src/core/job.ts'
import type { ClaimedJob, StateStore } from '../../src/core/ports.ts'
import {
  completed,
  type CreateStateStore,
  giveBack,
  LEASE_MS,
  newOutput,
  type StateStoreFixture,
  withStore,
} from './state-store-fixtures.ts'
import { keyedJob } from './state-store-keys.ts'

const ACCOUNTS = ['red', 'blue']
const CONCURRENCY = 2
const RUNNING: readonly string[] = ['scheduled', 'processing', 'intermediate-complete']
const isRunning = ({ status }: Job): boolean => RUNNING.includes(status)

/** Jobs of the one key of each account that has a limit. */
const KEY_LIMIT = 1
type World = StateStoreFixture & { leases: ClaimedJob[]; ended: Map<string, Job>; limited: Set<string> }
type Step = { name: string; run: (world: World) => Promise<unknown> }

const account = fc.constantFrom(...ACCOUNTS)
const step: fc.Arbitrary<Step> = fc.oneof(
  fc
    .tuple(account, fc.constantFrom('local', 'remote'), fc.boolean())
    .map(([accountId, queue, isLimited]) => ({
      name: `submit ${accountId} ${queue}${isLimited ? ' with a limited key' : ''}`,
      run: ({ store, limited }: World) => {
        const job = keyedJob(`${accountId}-${String(isLimited)}`, isLimited ? KEY_LIMIT : null, {
          accountId,
          queue,
        })
        if (isLimited) limited.add(job.id)
        return store.submit(job)
      },
    })),
  fc.tuple(fc.nat(3), fc.nat(3)).map(([local, remote]) => ({
    name: `claim ${local} ${remote}`,
    run: async (world: World) =>
      world.leases.push(
        ...(await world.store.claim({ owner: 'w', slots: { local, remote }, leaseMs: LEASE_MS })),
      ),
  })),
  fc
    .tuple(fc.nat(20), fc.constantFrom('finish', 'release', 'delay', 'progress', 'preview'))
    .map(([index, kind]) => ({
      name: `${kind} lease ${index}`,
      run: (world: World) => withLease(world, index, kind),
    })),
  fc.nat(20).map((index) => ({ name: `cancel ${index}`, run: (world: World) => cancelOne(world, index) })),
  fc.constantFrom(500, LEASE_MS, -LEASE_MS).map((milliseconds) => ({
    name: `advance ${milliseconds}`,
    run: async ({ clock }: World) => clock.advance(milliseconds),
  })),
)

/** Leases stay in the list after their end, so that stale ones are tried too. */
async function withLease({ store, clock, leases }: World, index: number, kind: string): Promise<void> {
  const held = leases[index % Math.max(leases.length, 1)]
  if (held === undefined) return
  if (kind === 'finish') await store.finish(held.lease, completed())
  else if (kind === 'preview') await store.savePreview(held.lease, newOutput())
  else if (kind === 'progress') await store.saveProgress(held.lease, 'processing', null)
  else await giveBack(store, held.lease, kind === 'delay' ? clock.now() + 400 : 0)
}

async function cancelOne({ store }: World, index: number): Promise<void> {
  const jobs = await allJobs(store)
  const job = jobs[index % Math.max(jobs.length, 1)]
  if (job !== undefined) await store.cancel(job.id, job.accountId)
}

async function allJobs(store: StateStore): Promise<readonly Job[]> {
  const query = { beforeMicros: null, limit: 1000, types: null, status: null }
  return (await Promise.all(ACCOUNTS.map((accountId) => store.listJobs({ accountId, ...query })))).flat()
}

async function check(world: World): Promise<void> {
  const jobs = await allJobs(world.store)
  assert.equal(await world.store.countPending(), jobs.filter(({ status }) => !isTerminal(status)).length)
  for (const job of jobs) {
    assert.equal(job.completedAt !== null, isTerminal(job.status), 'completedAt is set exactly at the end')
    const before = world.ended.get(job.id)
    if (before !== undefined) assert.deepEqual(job, before, 'what has ended never changes')
    if (isTerminal(job.status)) world.ended.set(job.id, job)
    const open = job.attempts.filter(({ endedAt }) => endedAt === null).length
    assert.equal(open, isRunning(job) ? 1 : 0, 'an attempt is open exactly while the job runs')
    const isShown = job.status === 'intermediate-complete'
    assert.equal(job.preview !== null, isShown, 'the word says that there is a preview')
  }
  for (const accountId of ACCOUNTS)
    checkAccount(
      jobs.filter((job) => job.accountId === accountId),
      world.limited,
    )
}

function checkAccount(jobs: readonly Job[], limited: ReadonlySet<string>): void {
  const running = jobs.filter(isRunning).length
  assert.ok(running <= CONCURRENCY, `${running} run at once`)
  assert.equal(new Set(jobs.map(({ createdAtMicros }) => createdAtMicros)).size, jobs.length)
  const ofKey = jobs.filter(({ id }) => limited.has(id))
  assert.ok(ofKey.filter(isRunning).length <= KEY_LIMIT, 'more of a key run than may')
  const shown = (some: readonly Job[]): number =>
    some.filter((job) => isRunning(job) || job.status === 'queued').length
  const hasRoom = shown(jobs) < CONCURRENCY
  for (const { id, status } of jobs)
    if (status === 'backlogged' && hasRoom)
      assert.ok(limited.has(id) && shown(ofKey) >= KEY_LIMIT, 'nobody is backlogged while there is room')
}

export function modelContract(create: CreateStateStore): void {
  withStore(create, 'whatever is called in whatever order, the promises hold', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const fixture = await create()
        try {
          const world = { ...fixture, leases: [], ended: new Map<string, Job>(), limited: new Set<string>() }
          for (const accountId of ACCOUNTS) await world.store.setConcurrency(accountId, CONCURRENCY)
          for (const { name, run } of steps) {
            await run(world)
            await check(world).catch((error: unknown) => {
              throw new Error(`after “${name}”`, { cause: error })
            })
          }
        } finally {
          await fixture.dispose()
        }
      }),
      // Shrinking a failure opens a new store for each try; a shorter example is not worth minutes.
      { numRuns: 60, interruptAfterTimeLimit: 15_000 },
    )
  })
}
