import { MAX_SESSIONS, MAX_SESSIONS_OF_KEY } from '../core/studio-sessions.ts'
import type { SessionStore, StoredSession } from '../core/studio-sessions.ts'
import { all, type Driver, row, rows, statement } from './script.ts'

type SessionRow = { account_id: string; key_hash: string; ends_at: number }

const ADD = `INSERT INTO studio_sessions (token_hash, account_id, key_hash, ends_at) VALUES (?, ?, ?, ?)`
const FIND = `SELECT account_id, key_hash, ends_at FROM studio_sessions WHERE token_hash = ?`
const REMOVE = `DELETE FROM studio_sessions WHERE token_hash = ?`
const REMOVE_OLD = `DELETE FROM studio_sessions WHERE ends_at <= ?`
/** All live as long, so the one that ends first is the oldest. */
const TRIM_KEY = `DELETE FROM studio_sessions WHERE token_hash IN (SELECT token_hash FROM studio_sessions
  WHERE key_hash = ? ORDER BY ends_at DESC, token_hash LIMIT ${MAX_SESSIONS} OFFSET ${MAX_SESSIONS_OF_KEY - 1})`
const TRIM_ALL = `DELETE FROM studio_sessions WHERE token_hash IN (SELECT token_hash FROM studio_sessions
  ORDER BY ends_at DESC, token_hash LIMIT ${MAX_SESSIONS} OFFSET ${MAX_SESSIONS - 1})`

/** Sessions of the Studio over any driver. */
export function createSessionStore({ read, write }: Driver): SessionStore {
  return {
    add: ({ tokenHash, accountId, keyHash }, lifetimeMs) =>
      write(function* (now) {
        yield* all([
          statement(REMOVE_OLD, now),
          statement(TRIM_KEY, keyHash),
          statement(TRIM_ALL),
          statement(ADD, tokenHash, accountId, keyHash, now + lifetimeMs),
        ])
      }),
    find: (tokenHash) =>
      read(function* () {
        const found = yield* row<SessionRow>(FIND, tokenHash)
        return found === null ? null : toSession(found)
      }),
    remove: (tokenHash) =>
      write(function* () {
        yield* rows(REMOVE, tokenHash)
      }),
  }
}

function toSession({ account_id, key_hash, ends_at }: SessionRow): StoredSession {
  return { accountId: account_id, keyHash: key_hash, endsAt: ends_at }
}
