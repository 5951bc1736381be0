/** Who is signed in to the Studio, as the state keeps it: hashes of random tokens, never a token. */

/** The key that a session stands for; it ends with the key. */
export type SessionKey = { accountId: string; keyHash: string }

export type StoredSession = SessionKey & {
  /** Milliseconds since the epoch. */
  endsAt: number
}

export type SessionStore = {
  /** Keeps a session for `lifetimeMs`, and lets go of those that are over or too many. */
  add: (session: SessionKey & { tokenHash: string }, lifetimeMs: number) => Promise<void>
  /** Null when it is unknown; one that is over may still be answered. */
  find: (tokenHash: string) => Promise<StoredSession | null>
  remove: (tokenHash: string) => Promise<void>
}

/** More than any household or team has tabs; the oldest goes first, so that nobody fills the disk. */
export const MAX_SESSIONS = 1000
/** Whoever signs in again and again pushes out sessions of the same key, and nobody else's. */
export const MAX_SESSIONS_OF_KEY = 100
