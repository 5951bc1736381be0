/** Who is calling: an opaque API key, looked up by its hash, or the session of the Studio that stands for one. */
import { hash, timingSafeEqual } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { AfterimageError } from '../core/errors.ts'
import type { ApiKey, Clock, StateStore } from '../core/ports.ts'
import type { BaseUrls } from './base-url.ts'
import { assertSameOrigin, readSessionCookie } from './session-cookie.ts'
import type { Sessions } from './session-store.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Account of the API key; empty on public routes. */
    accountId: string
    /** Id of the API key; empty on public routes. */
    keyId: string
    /** The API key; null on public routes. */
    apiKey: ApiKey | null
  }
}

/** The token is opaque: keys of other systems contain `:`, `/` or `=`, and all of them are only hashed. */
const CREDENTIALS = /^(?:Bearer|Key) +(\S+) *$/iu
/** The store writes it once a minute; asking more often would only cost. */
const USE_NOTED_MS = 60_000
const HOW = 'send the header "Authorization: Bearer YOUR_API_KEY"'
const OTHER = 'use another one, or make one with "npx afterimage keys create"'

export type AuthContext = {
  state: Pick<StateStore, 'findKey' | 'touchKey'>
  clock: Clock
  sessions: Pick<Sessions, 'find'>
  baseUrls: Pick<BaseUrls, 'forHost'>
}

/**
 * An `onRequest` hook: runs before a single byte of the body is read. A header wins over a cookie.
 * @throws AfterimageError `unauthorized`, `forbidden` (a cookie, sent from another page)
 */
export function createAuthHook(context: AuthContext): (request: FastifyRequest) => Promise<void> {
  return async (request) => {
    const key =
      request.headers.authorization === undefined
        ? await keyOfSession(context, request)
        : await findUsableKey(context, tokenOf(request.headers.authorization))
    request.accountId = key.accountId
    request.keyId = key.id
    request.apiKey = key
    noteUse(context, key, request)
  }
}

/** Out of the way of the request, which must not wait for a write nor fail with it. */
function noteUse({ state, clock }: AuthContext, { id, lastUsedAt }: ApiKey, { log }: FastifyRequest): void {
  if (lastUsedAt !== null && clock.now() - lastUsedAt < USE_NOTED_MS) return
  state.touchKey(id).catch((err: unknown) => log.debug({ err }, 'the use of a key was not noted'))
}

/**
 * The key of a token.
 * @throws AfterimageError `unauthorized` when it is unknown, revoked or expired
 */
export async function findUsableKey(
  { state, clock }: Pick<AuthContext, 'clock'> & { state: Pick<StateStore, 'findKey'> },
  token: string,
): Promise<ApiKey> {
  const digest = hash('sha256', token)
  const key = await state.findKey(digest)
  // The lookup is by hash already; comparing again in constant time leaves nothing to the index's timing.
  const isSame = key !== null && timingSafeEqual(Buffer.from(digest), Buffer.from(key.hash))
  if (key === null || !isSame) throw unauthorized(`This API key is not known here; ${OTHER}.`)
  if (key.revokedAt !== null) throw unauthorized(`This API key was revoked; ${OTHER}.`)
  if (hasExpired(key, clock)) throw unauthorized(`This API key has expired; ${OTHER}.`)
  return key
}

/** The key is looked up again at every request, so that a revoked one ends its sessions at once. */
async function keyOfSession(
  { state, clock, sessions, baseUrls }: AuthContext,
  request: FastifyRequest,
): Promise<ApiKey> {
  const cookie = readSessionCookie(request)
  if (cookie === null) throw unauthorized(`The API key is missing; ${HOW}.`)
  const session = await sessions.find(cookie)
  const key = session === null ? null : await state.findKey(session.keyHash)
  if (key === null || key.revokedAt !== null || hasExpired(key, clock))
    throw unauthorized('This session has ended; sign in again.')
  assertSameOrigin(request, baseUrls.forHost(request.headers.host))
  return key
}

/** Whether the end of the key has come. */
export function hasExpired({ expiresAt }: Pick<ApiKey, 'expiresAt'>, clock: Clock): boolean {
  return expiresAt !== null && clock.now() >= expiresAt
}

function tokenOf(header: string): string {
  const token = CREDENTIALS.exec(header)?.[1]
  if (token === undefined) throw unauthorized(`The Authorization header is not understood; ${HOW}.`)
  return token
}

function unauthorized(message: string): AfterimageError {
  return new AfterimageError('unauthorized', message)
}
