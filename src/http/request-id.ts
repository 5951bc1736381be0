import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

/** What callers and proxies use as ids; anything else could forge log lines or grow them. */
const SANE_ID = /^[\w.:/+=-]{8,128}$/u

/** The caller's own `X-Request-Id` when it is sane, so that logs on both sides match; else a new one. */
export function requestIdOf(request: Pick<IncomingMessage, 'headers'>): string {
  const given = request.headers['x-request-id']
  return typeof given === 'string' && SANE_ID.test(given) ? given : randomUUID()
}
