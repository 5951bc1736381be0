import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { StateStore } from '../../src/core/ports.ts'
import { createSqliteStateStore } from '../../src/state/sqlite.ts'
import { describeIdempotencyStore } from './idempotency.ts'
import { createClock } from './state-store-fixtures.ts'

describeIdempotencyStore('SQLite', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'afterimage-idempotency-'))
  const [file, clock, stores] = [join(directory, 'state.sqlite'), createClock(), [] as StateStore[]]
  const open = async (): Promise<StateStore> => {
    const store = createSqliteStateStore({ file, clock })
    stores.push(store)
    return store
  }
  const dispose = async (): Promise<void> => {
    await Promise.all(stores.map((store) => store.close()))
    rmSync(directory, { recursive: true, force: true })
  }
  return { store: await open(), clock, open, dispose }
})
