/** /session: the Studio signs in with a key or with the link that the server printed, and gets a cookie. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { AfterimageError, fieldError } from '../core/errors.ts'
import { findUsableKey, hasExpired } from './auth.ts'
import type { HttpContext } from './context.ts'
import { assertSameOrigin, readSessionCookie, sessionCookie } from './session-cookie.ts'

type SessionContext = Pick<
  HttpContext,
  'state' | 'clock' | 'sessions' | 'baseUrls' | 'limits' | 'version' | 'expectJob'
>

/** What the page shows before anybody has signed in is no secret: limits and version are in the OpenAPI document. */
export function registerSession(app: FastifyInstance, context: SessionContext): void {
  app.get('/session', async (request, reply) => {
    const token = readSessionCookie(request)
    const session = token === null ? null : await context.sessions.find(token)
    const key = session === null ? null : await context.state.findKey(session.keyHash)
    const isValid = key !== null && key.revokedAt === null && !hasExpired(key, context.clock)
    // The page asks while somebody looks at it, so that its first job finds a process ready.
    if (isValid) context.expectJob()
    return send(reply, { ...renderServer(request, context), account: isValid ? key.accountId : null })
  })
  app.post('/session', async (request, reply) => {
    assertSameOrigin(request, context.baseUrls.forHost(request.headers.host))
    const token = await signIn(context, request.body)
    context.expectJob()
    void reply.header('set-cookie', sessionCookie(request, token))
    const account = (await context.sessions.find(token))?.accountId ?? null
    return send(reply, { ...renderServer(request, context), account })
  })
  app.delete('/session', async (request, reply) => {
    assertSameOrigin(request, context.baseUrls.forHost(request.headers.host))
    const token = readSessionCookie(request)
    if (token !== null) await context.sessions.close(token)
    void reply.header('set-cookie', sessionCookie(request, null))
    return send(reply, { ...renderServer(request, context), account: null })
  })
}

function send(reply: FastifyReply, body: unknown): unknown {
  void reply.header('cache-control', 'no-store')
  return body
}

function renderServer(request: FastifyRequest, { baseUrls, limits, version }: SessionContext) {
  return {
    version,
    base_url: baseUrls.forHost(request.headers.host),
    limits: { max_input_bytes: limits.maxInputBytes, max_input_pixels: limits.maxInputPixels },
  }
}

/** @throws AfterimageError `invalid_request` (neither a key nor a link), `unauthorized` */
async function signIn({ state, clock, sessions }: SessionContext, body: unknown): Promise<string> {
  const { key, link } = (body ?? {}) as Readonly<Record<string, unknown>>
  if (typeof link === 'string') {
    const token = await sessions.exchangeLink(link)
    if (token !== null) return token
    throw new AfterimageError(
      'unauthorized',
      'This sign-in link was used already or is older than ten minutes; sign in with an API key. ' +
        '"npx afterimage keys create" on the machine of the server makes one while it runs.',
    )
  }
  if (typeof key !== 'string' || key.trim() === '')
    throw fieldError('invalid_request', { path: 'key', message: 'expected an API key of this server.' })
  const { accountId, hash } = await findUsableKey({ state, clock }, key.trim())
  return sessions.open({ accountId, keyHash: hash })
}
