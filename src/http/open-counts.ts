import type { FastifyReply } from 'fastify'
import { AfterimageError } from '../core/errors.ts'

/** Somebody whose streams end one by one finds a place soon. */
const RETRY_SECONDS = 5

/**
 * Counts answers that stay open, by API key, and refuses those above `max`.
 * @param what names them in the refusal
 */
export function createOpenCounts(max: number, what: string): (keyId: string, reply: FastifyReply) => void {
  const counts = new Map<string, number>()
  return (keyId, { raw }) => {
    // Somebody who left before this was asked closes no more, and would be counted for ever.
    if (raw.destroyed) return
    const open = counts.get(keyId) ?? 0
    if (open >= max)
      throw new AfterimageError(
        'too_many_requests',
        `This key has ${open} ${what} open, and ${max} are allowed; close some, or poll GET /jobs/{id}.`,
        { retryAfterSeconds: RETRY_SECONDS },
      )
    counts.set(keyId, open + 1)
    raw.once('close', () => {
      const left = (counts.get(keyId) ?? 1) - 1
      if (left > 0) counts.set(keyId, left)
      else counts.delete(keyId)
    })
  }
}
