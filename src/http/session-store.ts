/** Who is signed in to the Studio: random tokens that the browser has, and their hashes that the state has. */
import { createHash, randomBytes } from 'node:crypto'
import type { Clock } from '../core/ports.ts'
import type { SessionKey, SessionStore } from '../core/studio-sessions.ts'

export type Sessions = {
  /** A token for the address that `npm start` prints: good once, for ten minutes, in this process. */
  createLink: (key: SessionKey) => string
  /** The session of a link, and its token; null when the link is used, too old or unknown. */
  exchangeLink: (link: string) => Promise<string | null>
  /** A session for whoever has shown the key. */
  open: (key: SessionKey) => Promise<string>
  find: (token: string) => Promise<SessionKey | null>
  close: (token: string) => Promise<void>
}

export type SessionsDeps = { clock: Clock; store: SessionStore }

const TOKEN_BYTES = 32
const LINK_MS = 10 * 60_000
/** A working week of not signing in again; the cookie itself ends with the browser. */
const SESSION_MS = 7 * 24 * 60 * 60_000

/**
 * Sessions outlive the process: a restart asks nobody for a key again. Only hashes of 32 random bytes are stored, so
 * that a copy of the data folder, or of the memory, shows no token that works.
 */
export function createSessions({ clock, store }: SessionsDeps): Sessions {
  const links = new Map<string, SessionKey & { endsAt: number }>()
  const open = async ({ accountId, keyHash }: SessionKey): Promise<string> => {
    const token = newToken()
    await store.add({ tokenHash: hash(token), accountId, keyHash }, SESSION_MS)
    return token
  }
  return {
    createLink: (key) => {
      const link = newToken()
      links.set(hash(link), { ...key, endsAt: clock.now() + LINK_MS })
      return link
    },
    exchangeLink: async (link) => {
      const key = links.get(hash(link))
      // Before anything is waited for: two browsers with the same link are one session, not two.
      links.delete(hash(link))
      if (key === undefined || key.endsAt <= clock.now()) return null
      try {
        return await open(key)
      } catch (error) {
        // Nobody is signed in, so the link was not used.
        links.set(hash(link), key)
        throw error
      }
    },
    open,
    find: async (token) => {
      const found = await store.find(hash(token))
      if (found === null || found.endsAt <= clock.now()) return null
      return { accountId: found.accountId, keyHash: found.keyHash }
    },
    close: (token) => store.remove(hash(token)),
  }
}

function newToken(): string {
  return randomBytes(TOKEN_BYTES).toString('base64url')
}

function hash(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}
