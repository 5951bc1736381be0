import type { Readable } from 'node:stream'
import type { Dispatcher } from 'undici'
import { Agent, request } from 'undici'
import { AfterimageError } from '../core/errors.ts'
import type { UntrustedFetch } from '../core/ports.ts'
import { createAddressRules } from './address-rules.ts'
import { answeredWith, abortedError, toFetchError, unreachable } from './fetch-errors.ts'
import type { Resolver } from './guarded-connector.ts'
import { createGuardedConnector, resolveBySystem } from './guarded-connector.ts'
import { limitBody } from './limited-body.ts'
import { refusedPortOf } from './refused-ports.ts'

export type GuardedFetchOptions = {
  /** Hosts, addresses and CIDR blocks that are reachable although private. Empty by default. */
  allowPrivate?: readonly string[]
  /** Ports that may be dialled; all by default. */
  ports?: readonly number[]
  resolver?: Resolver
}

/** Real image hosts need one or two (a short link, a CDN). */
const MAX_REDIRECTS = 5
const REDIRECTS = new Set([301, 302, 303, 307, 308])
/** Nothing of the caller is sent on: no cookies, no authorization, no referrer. */
const HEADERS = { accept: 'image/*,*/*;q=0.5', 'accept-encoding': 'identity', 'user-agent': 'Afterimage' }

/** What one hop needs to know. */
type Hop = { dispatcher: Dispatcher; ports: readonly number[] | null; signal: AbortSignal }

/**
 * GET of URLs that a caller gave. Only http and https, only to public addresses, checked for every connection of
 * every redirect hop; bounded in bytes, time and redirects.
 * @throws AfterimageError `input_forbidden`, `input_unreachable`, `input_too_large`, `client_closed_request`;
 *   the body stream fails with the same kinds
 */
export function createGuardedFetch(options: GuardedFetchOptions = {}): UntrustedFetch {
  const rules = createAddressRules(options.allowPrivate ?? [])
  const dispatcher = new Agent({
    connect: createGuardedConnector(rules, options.resolver ?? resolveBySystem),
    // No keep-alive: a pooled connection would skip the check of the next request.
    pipelining: 0,
    allowH2: false,
  })
  const ports = options.ports ?? null
  return async (url, { maxBytes, timeoutMs, signal: caller }) => {
    const deadline = AbortSignal.timeout(timeoutMs)
    const signal = caller === undefined ? deadline : AbortSignal.any([deadline, caller])
    const first = parseTarget(url, ports)
    const aborted = () => abortedError(first.hostname, { caller, timeoutMs })
    try {
      const { target, response } = await follow(first, { dispatcher, ports, signal })
      const body = limitBody(response, { host: target.hostname, maxBytes, signal, aborted })
      return { body, contentType: headerOf(response, 'content-type') }
    } catch (error) {
      throw signal.aborted ? aborted() : toFetchError(error, first.hostname)
    }
  }
}

/** Follows redirects by hand, so that each target is checked like the first. */
async function follow(first: URL, hop: Hop): Promise<{ target: URL; response: Dispatcher.ResponseData }> {
  let target = first
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
    const response = await requestOnce(target, hop)
    const location = headerOf(response, 'location')
    if (!REDIRECTS.has(response.statusCode) || location === null) {
      if (response.statusCode === 200) return { target, response }
      discard(response.body)
      throw answeredWith(target.hostname, response.statusCode)
    }
    discard(response.body)
    target = parseTarget(location, hop.ports, target)
  }
  throw unreachable(first.hostname, `it redirects more than ${MAX_REDIRECTS} times`)
}

/** Races the signal: undici notices an abort only after the connection is there, and name resolution may hang. */
async function requestOnce(target: URL, hop: Hop): Promise<Dispatcher.ResponseData> {
  const { dispatcher, signal } = hop
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  const onAbort = (): void => reject(signal.reason)
  signal.addEventListener('abort', onAbort)
  try {
    if (signal.aborted) onAbort()
    const answer = request(target, { dispatcher, signal, headers: HEADERS })
    // When the race is lost, the late answer is thrown away.
    answer.then(({ body }) => (signal.aborted ? discard(body) : null)).catch(() => null)
    return await Promise.race([answer, aborted])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}

/** The parser turns every spelling of an address (decimal, octal, hex, full-width) into the dotted form. */
function parseTarget(text: string, ports: readonly number[] | null, base?: URL): URL {
  if (!URL.canParse(text, base?.href))
    throw new AfterimageError('input_unreadable', 'this is not a valid URL')
  const url = new URL(text, base)
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new AfterimageError(
      'input_forbidden',
      `only http: and https: URLs are fetched, not "${url.protocol}"`,
    )
  if (url.username !== '' || url.password !== '')
    throw new AfterimageError('input_forbidden', 'URLs that carry a user name or password are not fetched')
  const refused = refusedPortOf(url)
  if (refused !== null)
    throw new AfterimageError(
      'input_forbidden',
      `port ${refused} belongs to another protocol and is not fetched`,
    )
  const port = Number(url.port) || (url.protocol === 'https:' ? 443 : 80)
  if (ports !== null && !ports.includes(port))
    throw new AfterimageError('input_forbidden', `port ${port} is not fetched; allowed: ${ports.join(', ')}`)
  return url
}

function headerOf(response: Dispatcher.ResponseData, name: string): string | null {
  const value = response.headers[name]
  return (Array.isArray(value) ? value[0] : value) ?? null
}

function discard(body: Readable): void {
  body.on('error', () => null)
  body.destroy()
}
