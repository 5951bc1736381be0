/** What a poll asks for again and again, remembered as long as the database says that it is still true. */
import type { Job } from '../core/job.ts'
import type { ApiKey, StateStore } from '../core/ports.ts'
import { type Driver, row } from './script.ts'
import * as jobs from './statements/jobs.ts'

type Remembered = Pick<StateStore, 'getJob' | 'findKey' | 'createKey' | 'renewKey' | 'revokeKey' | 'touchKey'>
type Cache<T> = { get: (id: string) => T | undefined; set: (id: string, value: T) => void }

/** A row of a job is read and parsed at 5 KiB or so; these are 10 MB. */
const MAX_JOBS = 2000
const MAX_KEYS = 1000

/**
 * Wraps a store on a database in this process, where asking for a number is several times cheaper than reading and
 * parsing a whole row. A job is the remembered one while its row has the same version, which every change of it
 * raises; a key while neither this process has written keys nor another one anything (`data_version` of SQLite).
 * So a poll is never out of date, and a revoked key never accepted, not even for a moment.
 */
export function rememberReads(store: StateStore, driver: Pick<Driver, 'read'>): Remembered {
  const knownJobs = createCache<Job>(MAX_JOBS)
  const knownKeys = createCache<{ version: string; key: ApiKey }>(MAX_KEYS)
  let ownWrites = 0
  const forgetKeys = async <T>(writing: Promise<T>): Promise<T> => {
    try {
      return await writing
    } finally {
      ownWrites += 1
    }
  }
  return {
    getJob: async (id, accountId) => {
      const found = await driver.read(() => row<{ version: number }>(jobs.GET_VERSION, id, accountId))
      if (found === null) return null
      const known = knownJobs.get(id)
      if (known?.version === found.version) return known
      const job = await store.getJob(id, accountId)
      if (job !== null) knownJobs.set(id, job)
      return job
    },
    findKey: async (hash) => {
      const version = `${ownWrites} ${await foreignWrites(driver)}`
      const known = knownKeys.get(hash)
      if (known?.version === version) return known.key
      const key = await store.findKey(hash)
      if (key !== null) knownKeys.set(hash, { version, key })
      return key
    },
    createKey: (key) => forgetKeys(store.createKey(key)),
    renewKey: (key) => forgetKeys(store.renewKey(key)),
    revokeKey: (id, accountId) => forgetKeys(store.revokeKey(id, accountId)),
    touchKey: (id) => forgetKeys(store.touchKey(id)),
  }
}

/** Changes with every commit of another connection; https://sqlite.org/pragma.html#pragma_data_version */
async function foreignWrites({ read }: Pick<Driver, 'read'>): Promise<number> {
  const found = await read(() => row<{ data_version: number }>('PRAGMA data_version'))
  return found?.data_version ?? -1
}

/** Keeps the newest entries; a full one starts anew, because what is polled comes back at once. */
function createCache<T>(limit: number): Cache<T> {
  const entries = new Map<string, T>()
  return {
    get: (id) => entries.get(id),
    set: (id, value) => {
      if (entries.size >= limit) entries.clear()
      entries.set(id, value)
    },
  }
}
