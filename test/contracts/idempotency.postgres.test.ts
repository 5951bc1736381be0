import { after, describe } from 'node:test'
import type { StateStore } from '../../src/core/ports.ts'
import { createPostgresStateStore } from '../../src/state/postgres.ts'
import { openTestPostgres, whyNoPostgres } from '../support/postgres.ts'
import { describeIdempotencyStore } from './idempotency.ts'
import { createClock } from './state-store-fixtures.ts'

const TABLES = 'accounts, jobs, files, assets, idempotency_keys'
const reason = await whyNoPostgres()

void describe('on Postgres', { skip: reason ?? false }, async () => {
  if (reason !== null) return
  const postgres = await openTestPostgres()
  after(() => postgres.stop())
  const url = await postgres.createDatabase()

  describeIdempotencyStore('Postgres', async () => {
    const [clock, stores] = [createClock(), [] as StateStore[]]
    const open = async (): Promise<StateStore> => {
      const store = await createPostgresStateStore({ url, clock })
      stores.push(store)
      return store
    }
    const store = await open()
    await postgres.query(`TRUNCATE ${TABLES}`, url)
    const dispose = async (): Promise<void> => void (await Promise.all(stores.map((one) => one.close())))
    return { store, clock, open, dispose }
  })
})
