/** What vendors last said about their keys: refused, or used up. As this process met it; a restart forgets. */
import { createHash } from 'node:crypto'
import type { Clock } from './ports.ts'
import { upstreamFaultOf } from './upstream-fault.ts'

/** `at` in milliseconds. */
export type KeyFault = { kind: 'key_refused' | 'quota_exhausted'; at: number }

export type KeyStandings = {
  /** After a call that had to be paid for: what it threw, or null when it was taken. */
  note: (engine: string, error: unknown) => void
  /** Null while nothing is known against the present key; another key begins anew. */
  find: (engine: string) => KeyFault | null
}

export type KeyStandingsDeps = {
  clock: Clock
  /** What tells the present key of an engine from earlier ones: it, and when it was entered. */
  identityOf: (engine: string) => string | null
}

export function createKeyStandings({ clock, identityOf }: KeyStandingsDeps): KeyStandings {
  const known = new Map<string, KeyFault & { fingerprint: string }>()
  const fingerprintOf = (engine: string): string =>
    createHash('sha256')
      .update(identityOf(engine) ?? '')
      .digest('hex')
  return {
    note: (engine, error) => {
      if (error === null) known.delete(engine)
      const kind = kindOf(error)
      if (kind !== null) known.set(engine, { kind, at: clock.now(), fingerprint: fingerprintOf(engine) })
    },
    find: (engine) => {
      const found = known.get(engine)
      if (found === undefined || found.fingerprint !== fingerprintOf(engine)) return null
      return { kind: found.kind, at: found.at }
    },
  }
}

/** Not every 403 is about the key: it may be about one model that the account has not been given. */
function kindOf(error: unknown): KeyFault['kind'] | null {
  const fault = upstreamFaultOf(error)
  if (fault === null || fault.status === null) return null
  if (fault.kind === 'quota') return 'quota_exhausted'
  return fault.kind === 'auth' && fault.status !== 403 ? 'key_refused' : null
}

const WORDS: Readonly<Record<KeyFault['kind'], string>> = {
  key_refused: 'the key was refused',
  quota_exhausted: 'the quota or the credit of the key was exhausted',
}

/** "the key was refused at 2026-…" */
export function describeKeyFault({ kind, at }: KeyFault): string {
  return `${WORDS[kind]} at ${new Date(at).toISOString()}`
}
