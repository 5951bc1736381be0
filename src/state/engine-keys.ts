import type { EngineKeyStore, SealedEngineKey } from '../core/engine-keys.ts'
import { type Driver, row, rows } from './script.ts'

type EngineKeyRow = { engine: string; sealed: string; updated_at: number }

const LIST = `SELECT engine, sealed, updated_at FROM engine_keys ORDER BY engine`
const PUT = `INSERT INTO engine_keys (engine, sealed, updated_at) VALUES (?, ?, ?)
  ON CONFLICT (engine) DO UPDATE SET sealed = excluded.sealed, updated_at = excluded.updated_at`
const REMOVE = `DELETE FROM engine_keys WHERE engine = ? RETURNING engine`

/** Sealed keys of engines over any driver. */
export function createEngineKeyStore({ read, write }: Driver): EngineKeyStore {
  return {
    list: () =>
      read(function* () {
        return (yield* rows<EngineKeyRow>(LIST)).map(toKey)
      }),
    put: (engine, sealed) =>
      write(function* (now) {
        yield* rows(PUT, engine, sealed, now)
      }),
    remove: (engine) =>
      write(function* () {
        return (yield* row(REMOVE, engine)) !== null
      }),
  }
}

function toKey({ engine, sealed, updated_at }: EngineKeyRow): SealedEngineKey {
  return { engine, sealed, updatedAt: updated_at }
}
