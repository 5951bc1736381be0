/** What is asked of a webhook address at submit, so that a caller learns of a mistake at once and not from a log. */
import { isIP } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { AfterimageError } from '../core/errors.ts'
import type { AddressRules } from '../net/address-rules.ts'
import { createAddressRules } from '../net/address-rules.ts'
import type { Resolver } from '../net/guarded-connector.ts'
import { resolveBySystem } from '../net/guarded-connector.ts'
import { isWebPort, refusedPortOf } from '../net/refused-ports.ts'

/** Answers the address in its normal form. @throws AfterimageError `invalid_request` that names the header */
export type CheckWebhook = (text: string) => Promise<string>

export type CheckWebhookOptions = {
  /** Hosts, addresses and CIDR blocks that are reachable although private. */
  allowPrivate: readonly string[]
  /** Our own sinks are no addresses of the network. */
  findSink: (url: string) => string | null
  resolver?: Resolver
}

const HEADER = 'X-Webhook-URL'
const MAX_LENGTH = 2048
/** A name that is slow to resolve does not hold up the submit: the guard looks again at each connection. */
const RESOLVE_TIMEOUT_MS = 1000

/**
 * Checks the form, and that neither the address nor what its name resolves to now is private. A name that does not
 * resolve now is accepted; its delivery is tried by the schedule.
 */
export function createCheckWebhook(options: CheckWebhookOptions): CheckWebhook {
  const rules = createAddressRules(options.allowPrivate)
  const resolver = options.resolver ?? resolveBySystem
  return async (text) => {
    const url = parseWebhook(text)
    if (options.findSink(url.href) !== null) return url.href
    const host = url.hostname.replace(/^\[(.*)\]$/u, '$1')
    if (!(await mayReach(host, { rules, resolver, isWebPort: isWebPort(url) })))
      throw refuse(
        `the host "${url.hostname}" is private or reserved; give a public address, run "afterimage listen" to ` +
          'reach a program on your machine, or ask the operator to list the host in AFTERIMAGE_ALLOW_PRIVATE_NETWORK',
      )
    return url.href
  }
}

function parseWebhook(text: string): URL {
  if (text.length > MAX_LENGTH) throw refuse(`the address is longer than ${MAX_LENGTH} characters`)
  // The parser would drop tabs and encode spaces; two headers joined by ", " would pass as one address.
  if (!/^[\x21-\x7e]+$/u.test(text) || !URL.canParse(text))
    throw refuse('expected one absolute http(s) address without spaces, such as https://example.com/hook')
  const url = new URL(text)
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw refuse(`found the scheme "${url.protocol}"; allowed: https:, http:`)
  if (url.username !== '' || url.password !== '')
    throw refuse('the address carries a user name or password; put a token into the path instead')
  const port = refusedPortOf(url)
  if (port !== null)
    throw refuse(`port ${port} belongs to another protocol; give an address that speaks HTTP`)
  // Never sent; kept, it would make two addresses of one.
  url.hash = ''
  return url
}

async function mayReach(
  host: string,
  { rules, resolver, ...place }: { rules: AddressRules; resolver: Resolver; isWebPort: boolean },
): Promise<boolean> {
  if (rules.allowsHost(host)) return true
  if (isIP(host) !== 0) return rules.allowsAddress(host, place)
  const timer = new AbortController()
  const addresses = await Promise.race([
    resolver(host).catch(() => []),
    wait(RESOLVE_TIMEOUT_MS, [], { signal: timer.signal }).catch(() => []),
  ])
  timer.abort()
  return addresses.every(({ address }) => rules.allowsAddress(address, place))
}

function refuse(message: string): AfterimageError {
  return new AfterimageError('invalid_request', `${HEADER}: ${message}.`, {
    issues: [{ path: HEADER, message, code: 'invalid_value' }],
  })
}
