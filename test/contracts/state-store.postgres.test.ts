import { after, describe } from 'node:test'
import type { StateStore } from '../../src/core/ports.ts'
import { createPostgresStateStore, type PostgresStateOptions } from '../../src/state/postgres.ts'
import { stateTables } from '../../src/state/session.ts'
import { openTestPostgres, whyNoPostgres } from '../support/postgres.ts'
import { createClock } from './state-store-fixtures.ts'
import { describeStateStore } from './state-store.ts'

const reason = await whyNoPostgres()

void describe('on Postgres', { skip: reason ?? false }, async () => {
  if (reason !== null) return
  const postgres = await openTestPostgres()
  after(() => postgres.stop())
  const url = await postgres.createDatabase()

  describeStateStore('Postgres', async () => {
    const [clock, stores] = [createClock(), [] as StateStore[]]
    const open = async (options: Partial<PostgresStateOptions> = {}): Promise<StateStore> => {
      const store = await createPostgresStateStore({ url, clock, ...options })
      stores.push(store)
      return store
    }
    const store = await open()
    await postgres.query(`TRUNCATE ${stateTables().join(', ')}`, url)
    const dispose = async (): Promise<void> => void (await Promise.all(stores.map((one) => one.close())))
    const execute = async (text: string): Promise<void> => void (await postgres.query(text, url))
    return { store, clock, open, execute, dispose }
  })
})
