/** Who is signed in to the Studio: random tokens, kept as hashes in the memory of this process. */
import { createHash, randomBytes } from 'node:crypto'
import type { Clock } from '../core/ports.ts'

/** The key that a session stands for; it ends with the key. */
export type SessionKey = { accountId: string; keyHash: string }

export type Sessions = {
  /** A token for the address that `npm start` prints: good once, for ten minutes. */
  createLink: (key: SessionKey) => string
  /** The session of a link, and its token; null when the link is used, too old or unknown. */
  exchangeLink: (link: string) => string | null
  /** A session for whoever has shown the key. */
  open: (key: SessionKey) => string
  find: (token: string) => SessionKey | null
  close: (token: string) => void
}

type Entry = SessionKey & { endsAt: number }

const TOKEN_BYTES = 32
const LINK_MS = 10 * 60_000
/** A working week of not signing in again; the cookie itself ends with the browser. */
const SESSION_MS = 7 * 24 * 60 * 60_000
/** More than any household or team has tabs; the oldest goes first, so that memory is bounded. */
const MAX_ENTRIES = 1000
/** Whoever signs in again and again pushes out sessions of the same key, and nobody else's. */
const MAX_OF_KEY = 100

/**
 * Sessions end with the process: after a restart one signs in again. Storing them would make every copy of the
 * data folder a set of valid sessions.
 */
export function createSessions({ now }: Clock): Sessions {
  const links = createTokenMap(now, LINK_MS)
  const sessions = createTokenMap(now, SESSION_MS)
  return {
    createLink: (key) => links.add(key),
    exchangeLink: (link) => {
      const key = links.find(link)
      links.remove(link)
      return key === null ? null : sessions.add(key)
    },
    open: (key) => sessions.add(key),
    find: (token) => sessions.find(token),
    close: (token) => sessions.remove(token),
  }
}

function createTokenMap(now: () => number, lifetimeMs: number) {
  const entries = new Map<string, Entry>()
  return {
    add: (key: SessionKey): string => {
      dropOld(entries, now())
      makeRoom(entries, key)
      const token = randomBytes(TOKEN_BYTES).toString('base64url')
      entries.set(hash(token), { ...key, endsAt: now() + lifetimeMs })
      return token
    },
    find: (token: string): SessionKey | null => {
      const entry = entries.get(hash(token))
      return entry === undefined || entry.endsAt <= now()
        ? null
        : { accountId: entry.accountId, keyHash: entry.keyHash }
    },
    remove: (token: string): void => void entries.delete(hash(token)),
  }
}

function dropOld(entries: Map<string, Entry>, now: number): void {
  for (const [key, { endsAt }] of entries) if (endsAt <= now) entries.delete(key)
}

function makeRoom(entries: Map<string, Entry>, { keyHash }: SessionKey): void {
  const own = [...entries].filter(([, entry]) => entry.keyHash === keyHash).map(([key]) => key)
  for (const key of own.slice(0, Math.max(0, own.length - MAX_OF_KEY + 1))) entries.delete(key)
  for (const key of entries.keys()) {
    if (entries.size < MAX_ENTRIES) return
    entries.delete(key)
  }
}

/** Only hashes are kept: a dump of the memory shows no token that works. */
function hash(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}
