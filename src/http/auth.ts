/** Who is calling: an opaque API key, looked up by its hash. */
import { createHash, timingSafeEqual } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { AfterimageError } from '../core/errors.ts'
import type { StateStore } from '../core/ports.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Account of the API key; empty on public routes. */
    accountId: string
  }
}

/** The token is opaque: keys of other systems contain `:`, `/` or `=`, and all of them are only hashed. */
const CREDENTIALS = /^(?:Bearer|Key) +(\S+) *$/iu
const HOW = 'send the header "Authorization: Bearer YOUR_API_KEY"'

/**
 * An `onRequest` hook: runs before a single byte of the body is read.
 * @throws AfterimageError `unauthorized`
 */
export function createAuthHook(
  state: Pick<StateStore, 'findKey'>,
): (request: FastifyRequest) => Promise<void> {
  return async (request) => {
    const token = tokenOf(request.headers.authorization)
    const hash = createHash('sha256').update(token).digest()
    const key = await state.findKey(hash.toString('hex'))
    // The lookup is by hash already; comparing again in constant time leaves nothing to the index's timing.
    const isSame = key !== null && timingSafeEqual(hash, Buffer.from(key.hash, 'hex'))
    if (key === null || !isSame) throw unauthorized(`This API key is not known here; ${HOW}.`)
    if (key.revokedAt !== null) throw unauthorized(`This API key was revoked; ${HOW}.`)
    request.accountId = key.accountId
  }
}

function tokenOf(header: string | undefined): string {
  if (header === undefined) throw unauthorized(`The API key is missing; ${HOW}.`)
  const token = CREDENTIALS.exec(header)?.[1]
  if (token === undefined) throw unauthorized(`The Authorization header is not understood; ${HOW}.`)
  return token
}

function unauthorized(message: string): AfterimageError {
  return new AfterimageError('unauthorized', message)
}
