import { randomUUID } from 'node:crypto'
import type { StateStore } from '../core/ports.ts'
import * as jobs from './account-jobs.ts'
import * as assets from './assets.ts'
import { claim, nextWakeMs } from './claim.ts'
import { createDeliveryStore } from './deliveries-store.ts'
import { createEngineKeyStore } from './engine-keys.ts'
import { expiredAssets, expiredJobs } from './expired.ts'
import * as files from './files.ts'
import { createIdempotencyStore } from './idempotency.ts'
import { identify } from './identity.ts'
import * as keys from './keys.ts'
import { createLedgerStore } from './ledger-store.ts'
import * as lease from './lease.ts'
import { reroute } from './reroute.ts'
import type { Driver } from './script.ts'
import { createSessionStore } from './studio-sessions.ts'
import { submitJob } from './submit.ts'

const WAKES = { mayWakeWorkers: true }
const EXCLUSIVE = { isExclusive: true }

/** The state store over any driver. Every method is one script in one transaction. */
export function createStateStore(driver: Driver, rules: lease.QueueRules): StateStore {
  const { read, write } = driver
  const at = (now: number): lease.Moment => ({ ...rules, now })
  return {
    countKeys: () => read(keys.countKeys),
    createKey: (key) => write(() => keys.createKey(key)),
    renewKey: (key) => write(() => keys.renewKey(key)),
    findKey: (hash) => read(() => keys.findKey(hash)),
    listKeys: (accountId) => read(() => keys.listKeys(accountId)),
    revokeKey: (id, accountId) => write((now) => keys.revokeKey(id, accountId, now)),
    touchKey: (id) => write((now) => keys.touchKey(id, now)),
    setConcurrency: (accountId, maxRunning) =>
      write(() => jobs.setConcurrency(accountId, maxRunning, rules.defaultConcurrency), WAKES),
    getRetention: (accountId) => read(() => jobs.getRetention(accountId)),
    setRetention: (accountId, seconds) => write(() => jobs.setRetention(accountId, seconds)),

    submit: (job) => write((now) => submitJob(job, at(now)), WAKES),
    getJob: (id, accountId) => read(() => jobs.getJob(id, accountId)),
    listJobs: (query) => read(() => jobs.listJobs(query)),
    findReusable: async (accountId, wanted) => {
      const now = await driver.now()
      return read(() => jobs.findReusable(accountId, wanted, now))
    },
    countPending: () => read(jobs.countPending),
    claim: (request) => write((now) => claim(request, at(now)), EXCLUSIVE),
    heartbeat: (held, leaseMs) => write((now) => lease.renew(held, now + leaseMs)),
    saveProgress: (held, status, progress) => write(() => lease.saveProgress(held, status, progress)),
    savePreview: (held, preview) => write(() => lease.savePreview(held, preview)),
    saveAttempt: (held, attempt) => write(() => lease.saveAttempt(held, attempt)),
    finish: (held, outcome) => write((now) => lease.finish(held, outcome, at(now)), WAKES),
    release: (held, options) => write((now) => lease.release(held, options, at(now)), WAKES),
    reroute: (held, options) => write((now) => reroute(held, options, at(now)), WAKES),
    cancel: (id, accountId) => write((now) => jobs.cancelJob(id, accountId, at(now)), WAKES),
    deleteJob: (id, accountId) => write(() => files.deleteJob(id, accountId)),

    createAsset: (asset) => write(() => assets.createAsset(asset)),
    getAsset: (id, accountId) => read(() => assets.getAsset(id, accountId)),
    listAssets: ({ accountId, beforeMicros, limit }) =>
      read(() => assets.listAssets(accountId, beforeMicros ?? Number.MAX_SAFE_INTEGER, limit)),
    deleteAsset: (id, accountId) => write(() => files.deleteAsset(id, accountId)),
    findAssetByFile: (fileId, accountId) => read(() => assets.findAssetByFile(fileId, accountId)),
    getFile: (id) => read(() => files.getFile(id)),

    listExpired: async (nowMs, limit) => ({
      jobs: await read(() => expiredJobs(nowMs, limit)),
      assets: await read(() => expiredAssets(nowMs, limit)),
    }),
    deliveries: createDeliveryStore(driver),
    idempotency: createIdempotencyStore(driver, rules),
    ledger: createLedgerStore(driver),
    engineKeys: createEngineKeyStore(driver),
    sessions: createSessionStore(driver),
    identify: () => {
      const candidate = randomUUID()
      return write(() => identify(candidate))
    },
    listBlobKeys: () => streamBlobKeys(driver),
    onWork: driver.onWake,
    nextWakeMs: async () => {
      const now = await driver.now()
      return read(() => nextWakeMs(now))
    },
    close: driver.close,
  }
}

/** In pages by id, so that neither memory nor a long read grows with the number of rows. */
async function* streamBlobKeys({ read }: Driver): AsyncGenerator<string> {
  for (const pageAfter of [files.jobBlobs, files.assetBlobs])
    for (let after: string | null = ''; after !== null;) {
      const from: string = after
      const page = await read(() => pageAfter(from))
      yield* page.blobKeys
      after = page.next
    }
}
