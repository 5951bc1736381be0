/** The header Idempotency-Key, and answers that are sent again. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { fieldError } from '../core/errors.ts'
import type { OnceKey, OnceResult, StoredAnswer } from '../core/idempotency.ts'
import { fingerprintOf } from '../core/idempotency.ts'

/** Visible ASCII and spaces inside, as other services take it. */
const KEY = /^[\x21-\x7e](?:[\x20-\x7e]{0,253}[\x21-\x7e])?$/u
const MAX_DEDUPE_SECONDS = 3600

/** The key of a request; null without the header. @throws AfterimageError `invalid_request` that names the header */
export function readIdempotencyKey({ headers }: FastifyRequest): string | null {
  const text = headers['idempotency-key']
  if (text === undefined) return null
  if (typeof text === 'string' && KEY.test(text)) return text
  throw fieldError('invalid_request', {
    path: 'Idempotency-Key',
    message: `found ${text.length} characters; expected 1 to 255 characters of ASCII, such as a UUID`,
  })
}

/** The key with the fingerprint of method, path and body; the order of members in the body does not count. */
export function readOnceKey(request: FastifyRequest): OnceKey | null {
  const key = readIdempotencyKey(request)
  if (key === null) return null
  const [path] = request.url.split('?', 1)
  return { key, fingerprint: fingerprintOf(`${request.method} ${path}`, request.body) }
}

/** Milliseconds of `X-Afterimage-Dedupe: 60`; null without it. @throws AfterimageError `invalid_request` */
export function readDedupeMs({ headers }: FastifyRequest): number | null {
  const text = headers['x-afterimage-dedupe']
  if (text === undefined) return null
  const seconds = typeof text === 'string' && /^\d{1,4}$/u.test(text) ? Number(text) : 0
  if (seconds >= 1 && seconds <= MAX_DEDUPE_SECONDS) return seconds * 1000
  throw fieldError('invalid_request', {
    path: 'X-Afterimage-Dedupe',
    message: `found "${String(text).slice(0, 40)}"; expected whole seconds from 1 to ${MAX_DEDUPE_SECONDS}`,
  })
}

/** An accepted request, as it is told now and later. */
export function accepted(body: unknown): StoredAnswer {
  return { status: 200, body: JSON.stringify(body) }
}

/** Sends the stored text itself, so that the answers to two tries are equal to the byte. */
export function sendOnce(reply: FastifyReply, { answer, isReplayed }: OnceResult): FastifyReply {
  if (isReplayed) void reply.header('idempotent-replayed', 'true')
  return reply.code(answer.status).type('application/json; charset=utf-8').send(answer.body)
}
