/** The cookie of the Studio, and when a request that brings it may change something. */
import type { FastifyRequest } from 'fastify'
import { AfterimageError } from '../core/errors.ts'

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS'])
const TOKEN = /^[\w-]{43}$/u

/** Browsers share cookies between the ports of a host, so each server on a machine has a name of its own. */
function cookieName({ headers }: FastifyRequest): string {
  const port = /:(\d{1,5})$/u.exec(headers.host ?? '')?.[1]
  return port === undefined ? 'afterimage_session' : `afterimage_session_${port}`
}

/** The session token that the browser sent, or null. */
export function readSessionCookie(request: FastifyRequest): string | null {
  const name = cookieName(request)
  for (const part of (request.headers.cookie ?? '').split(';')) {
    const [key, value] = part.trim().split('=', 2)
    if (key === name && value !== undefined && TOKEN.test(value)) return value
  }
  return null
}

/** `Set-Cookie` for a token, or for its removal with null. */
export function sessionCookie(request: FastifyRequest, token: string | null): string {
  const attributes = ['Path=/', 'HttpOnly', 'SameSite=Strict']
  if (isHttps(request)) attributes.push('Secure')
  if (token === null) attributes.push('Max-Age=0')
  return [`${cookieName(request)}=${token ?? ''}`, ...attributes].join('; ')
}

/**
 * SameSite keeps other sites out but not other ports of this host, so a write must also come from this very origin.
 * A key in the header needs none of this: no browser adds it by itself.
 * @throws AfterimageError `forbidden`
 */
export function assertSameOrigin(request: FastifyRequest, ownUrl: string): void {
  if (SAFE_METHODS.has(request.method)) return
  const { origin, host } = request.headers
  // Set by the browser and by no page; some leave the origin out when it is their own.
  if (origin === undefined && request.headers['sec-fetch-site'] === 'same-origin') return
  if (origin !== undefined && (origin === new URL(ownUrl).origin || hostOf(origin) === host)) return
  throw new AfterimageError(
    'forbidden',
    'A signed-in browser may change something only from the page of this server itself; other programs send an API key.',
  )
}

function hostOf(origin: string): string | null {
  return URL.canParse(origin) ? new URL(origin).host : null
}

/** Behind a proxy that ends TLS the connection here is plain, and the page's own origin tells. */
function isHttps({ headers }: FastifyRequest): boolean {
  return headers.origin?.startsWith('https://') === true
}
