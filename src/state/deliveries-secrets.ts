/** Encrypted webhook secrets: one without an end for each key, and for a while the one before it. */
import { randomUUID } from 'node:crypto'
import type { SealedSecret } from '../core/delivery.ts'
import { AfterimageError } from '../core/errors.ts'
import { row, rows, type Script } from './script.ts'
import * as deliveries from './statements/deliveries.ts'

type SecretRow = { id: string; sealed: string; created_at: number; expires_at: number | null }

function toSecret({ id, sealed, created_at, expires_at }: SecretRow): SealedSecret {
  return { id, sealed, createdAt: created_at, expiresAt: expires_at }
}

/** The newest first: the one without an end, then the one before it. */
export function* listSecrets(keyId: string, now: number): Script<readonly SealedSecret[]> {
  const secrets = (yield* rows<SecretRow>(deliveries.SECRETS, keyId, now)).map(toSecret)
  return secrets.sort((a, b) => (b.expiresAt ?? Infinity) - (a.expiresAt ?? Infinity))
}

/** Of two callers that create the first secret at once, both get the one that was stored. */
export function* createSecret(keyId: string, sealed: string, now: number): Script<SealedSecret> {
  yield* rows(deliveries.INSERT_SECRET, randomUUID(), keyId, sealed, now)
  const stored = yield* row<SecretRow>(deliveries.CURRENT_SECRET, keyId)
  if (stored === null)
    throw new AfterimageError('internal', `The webhook secret of key ${keyId} was not stored.`)
  return toSecret(stored)
}

export function* rotateSecret(
  keyId: string,
  { sealed, overlapMs, now }: { sealed: string; overlapMs: number; now: number },
): Script<SealedSecret> {
  yield* rows(deliveries.END_OLDER_SECRETS, keyId)
  yield* rows(deliveries.RETIRE_SECRET, now + overlapMs, keyId)
  return yield* createSecret(keyId, sealed, now)
}
