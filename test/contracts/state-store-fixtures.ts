/** Jobs, assets and short ways to drive a state store through its contract. */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { type ApiKey, NO_LIMITS } from '../../src/core/api-key.ts'
import type { Cost, GenerateInput, Job, Output } from '../../src/core/job.ts'
import type { Asset, ClaimedJob, Lease, NewJob, Outcome, StateStore } from '../../src/core/ports.ts'

export type StateStoreFixture = {
  store: StateStore
  /** The clock of every store of this fixture; starts somewhere and moves only by hand. */
  clock: { now: () => number; set: (milliseconds: number) => void; advance: (milliseconds: number) => void }
  /** Another store on the same data, as another process or the next start would open it. Closed by `dispose`. */
  open: (options?: { isSingleOwner?: boolean }) => Promise<StateStore>
  dispose: () => Promise<void>
}
/** Answers an empty store with at most 5 attempts and a concurrency of 8. */
export type CreateStateStore = () => Promise<StateStoreFixture>

/** A fixture that lets a test send one statement to the database itself, as a program of another schema would. */
export type RawStateStoreFixture = StateStoreFixture & { execute: (text: string) => Promise<void> }

/** A clock that moves by hand. */
export function createClock(start = 1_800_000_000_000) {
  let time = start
  return {
    now: () => time,
    set: (milliseconds: number) => void (time = milliseconds),
    advance: (milliseconds: number) => void (time += milliseconds),
  }
}

export const ACCOUNT = 'account-a'
export const LEASE_MS = 30_000
export const LOCAL: Cost = { microUsd: 0, basis: 'local', computeUnits: null }
export const RATE_LIMITED = { code: 'engine_failed', message: 'Rate limited.', isRetryable: true } as const

export const hasCode = (code: string) => ({ name: 'AfterimageError', code })

/** A test with a store of its own. */
export function withStore<F extends StateStoreFixture>(
  create: () => Promise<F>,
  title: string,
  run: (fixture: F) => Promise<void>,
): void {
  void test(title, async () => {
    const fixture = await create()
    try {
      await run(fixture)
    } finally {
      await fixture.dispose()
    }
  })
}

function newInput(blobKey: string): GenerateInput {
  const info = { format: 'jpeg', width: 8, height: 6, orientation: 1, frames: 1, hasAlpha: false } as const
  return {
    model: 'afterimage/edit',
    operation: 'edit',
    prompt: 'a “warm” pencil sketch \u0000 ✏️',
    images: [
      {
        role: 'source',
        path: 'image_url',
        blobKey,
        sha256: 'ab'.repeat(32),
        bytes: 42,
        info,
        strength: null,
        tag: null,
      },
    ],
    width: null,
    height: null,
    aspectRatio: null,
    resolution: null,
    scale: null,
    seed: 7,
    isSeedGiven: false,
    strength: null,
    creativity: null,
    style: null,
    count: 1,
    fields: { prompt: 'a warm pencil sketch' },
    options: {
      onUnsupported: 'warn',
      outputFormat: null,
      quality: null,
      size: null,
      isPreciseEdit: false,
      retentionSeconds: null,
      isStored: true,
    },
  }
}

export function newJob(
  changes: Partial<Omit<NewJob, 'plan'>> & { queue?: string; blobKey?: string } = {},
): NewJob {
  const { queue, blobKey, ...rest } = changes
  const warnings = [{ code: 'draft_engine', path: '', message: 'A draft.' }]
  return {
    id: randomUUID(),
    accountId: ACCOUNT,
    type: 'externalImage',
    model: 'afterimage/edit',
    input: newInput(blobKey ?? randomUUID()),
    plan: { engine: 'afterimage/draft', queue: queue ?? 'local', warnings, estimate: LOCAL },
    parentJobId: null,
    expiresAt: null,
    ...rest,
  }
}

export function newOutput(): Output {
  const [fileId, blobKey] = [randomUUID(), randomUUID()]
  return {
    fileId,
    blobKey,
    contentType: 'image/png',
    bytes: 99,
    sha256: 'cd'.repeat(32),
    width: 8,
    height: 6,
  }
}

export function completed(outputs: readonly Output[] = [newOutput()]): Outcome {
  const recipe = [{ operation: 'sketch', amount: 0.8 }]
  return { status: 'completed', outputs, warnings: [], recipe, geometry: null, cost: LOCAL }
}

/** A key of `ACCOUNT` with some of every kind of limit. */
export const newKey = (changes: Partial<ApiKey> = {}): ApiKey => ({
  id: randomUUID(),
  accountId: ACCOUNT,
  name: 'laptop',
  hash: randomUUID(),
  createdAt: 5,
  revokedAt: null,
  scopes: ['read', 'generate'],
  limits: { ...NO_LIMITS, models: ['google/*'], requestsPerMinute: 6 },
  expiresAt: 9,
  lastUsedAt: null,
  ...changes,
})

export function newAsset(changes: Partial<Asset> = {}): Asset {
  return {
    id: randomUUID(),
    accountId: ACCOUNT,
    fileId: randomUUID(),
    blobKey: randomUUID(),
    filename: 'cat.jpg',
    description: null,
    contentType: 'image/jpeg',
    bytes: 1234,
    sha256: 'ef'.repeat(32),
    width: 10,
    height: null,
    createdAtMicros: 1_000_000,
    expiresAt: null,
    ...changes,
  }
}

/** Submits jobs one after the other and answers them as stored. */
export async function submitMany(
  store: StateStore,
  count: number,
  changes: Parameters<typeof newJob>[0] = {},
): Promise<readonly Job[]> {
  const jobs: Job[] = []
  for (let index = 0; index < count; index++) jobs.push(await store.submit(newJob(changes)))
  return jobs
}

export async function claim(
  store: StateStore,
  slots = 1,
  owner = 'worker-1',
): Promise<readonly ClaimedJob[]> {
  return store.claim({ owner, slots: { local: slots }, leaseMs: LEASE_MS })
}

/** Submits a job and claims it; the store must hold no other. */
export async function submitAndClaim(store: StateStore, job = newJob()): Promise<ClaimedJob> {
  await store.submit(job)
  const [claimed] = await claim(store)
  assert.equal(claimed?.job.id, job.id)
  return claimed
}

export async function stored(store: StateStore, id: string, accountId = ACCOUNT): Promise<Job> {
  const job = await store.getJob(id, accountId)
  assert.ok(job !== null)
  return job
}

/** How many jobs of an account show each word. */
export async function countByStatus(store: StateStore, accountId = ACCOUNT): Promise<Record<string, number>> {
  const jobs = await store.listJobs({
    accountId,
    beforeMicros: null,
    limit: 10_000,
    types: null,
    status: null,
  })
  const counts: Record<string, number> = {}
  for (const { status } of jobs) counts[status] = (counts[status] ?? 0) + 1
  return counts
}

export async function allBlobKeys(store: StateStore): Promise<readonly string[]> {
  const keys: string[] = []
  for await (const key of store.listBlobKeys()) keys.push(key)
  return keys.sort()
}

export const giveBack = (store: StateStore, lease: Lease, runAt: number) =>
  store.release(lease, { runAt, error: RATE_LIMITED, isAttemptSpent: true })
