/** Opens connections for untrusted URLs. Every TCP connection of every redirect hop passes here. */
import { lookup } from 'node:dns/promises'
import type { LookupAddress } from 'node:dns'
import type { LookupFunction } from 'node:net'
import { isIP } from 'node:net'
import { callbackify } from 'node:util'
import { buildConnector } from 'undici'
import type { AddressRules } from './address-rules.ts'
import { forbiddenHost } from './fetch-errors.ts'
import { isWebPort } from './refused-ports.ts'

/** All addresses of a host name. Injected in tests; by default the system's resolver. */
export type Resolver = (host: string) => Promise<readonly LookupAddress[]>

const CONNECT_TIMEOUT_MS = 5000

export function resolveBySystem(host: string): Promise<readonly LookupAddress[]> {
  return lookup(host, { all: true })
}

/**
 * Names are resolved and checked inside the connection attempt, and the socket uses exactly the checked addresses:
 * checking earlier would leave a gap in which a second answer (DNS rebinding) leads elsewhere.
 */
export function createGuardedConnector(rules: AddressRules, resolver: Resolver): buildConnector.connector {
  const build = (place: Place): buildConnector.connector =>
    buildConnector({
      lookup: createCheckedLookup(rules, resolver, place),
      timeout: CONNECT_TIMEOUT_MS,
      autoSelectFamily: true,
      allowH2: false,
    })
  const [toWeb, toOther] = [build({ isWebPort: true }), build({ isWebPort: false })]
  return (options, callback) => {
    const place = { isWebPort: isWebPort(options) }
    const host = options.hostname.replace(/^\[(.*)\]$/u, '$1')
    // Literals skip name resolution, so the lookup below never sees them.
    if (isIP(host) !== 0 && !rules.allowsAddress(host, place)) callback(forbiddenHost(options.hostname), null)
    else (place.isWebPort ? toWeb : toOther)(options, callback)
  }
}

/** What the check needs to know of the port; a look-up is told only the name. */
type Place = { isWebPort: boolean }

function createCheckedLookup(rules: AddressRules, resolver: Resolver, place: Place): LookupFunction {
  const resolveChecked = callbackify(async (host: string) => {
    const addresses = await resolver(host)
    // One forbidden address refuses the host: the socket may try any of them.
    const isAllowed =
      rules.allowsHost(host) || addresses.every(({ address }) => rules.allowsAddress(address, place))
    if (!isAllowed) throw forbiddenHost(host)
    return [...addresses]
  })
  return (host, options, callback) => {
    resolveChecked(host, (error, addresses: LookupAddress[] | undefined) => {
      if (error !== null || addresses === undefined) callback(error, [])
      else if (options.all === true) callback(null, addresses)
      else callback(null, addresses[0]?.address ?? '', addresses[0]?.family)
    })
  }
}
