/** Which addresses an untrusted URL may reach. */
import { networkInterfaces } from 'node:os'
import ipaddr from 'ipaddr.js'

export type AddressRules = {
  /** True for names that the operator listed: wherever they lead, they may be reached. */
  allowsHost: (host: string) => boolean
  /**
   * True for public addresses, and those that the operator listed. This machine's own public address leads past the
   * firewall in front of it, to services that the world does not see: of those, only the ports of the web.
   */
  allowsAddress: (address: string, options: { isWebPort: boolean }) => boolean
}

/** Ordinary global IPv6. ipaddr.js also calls `::7f00:1` (the deprecated form of 127.0.0.1) and `::2` unicast. */
const GLOBAL_IPV6 = ipaddr.IPv6.parseCIDR('2000::/3')
/** Public by range, but answered by the hypervisor in one large cloud, like 169.254.169.254 in all of them. */
const METADATA_ADDRESSES = new Set(['168.63.129.16'])
/** Interface identifiers of ISATAP, which carry an IPv4 address within any prefix: `…:0:5efe:a.b.c.d`. */
const ISATAP = { heads: new Set([0, 0x200]), mark: 0x5efe }
const HOST_NAME =
  /^(?=.{1,253}$)[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)*$/u

/**
 * False for everything but ordinary public unicast: loopback, private, link-local, shared (CGNAT), unique-local,
 * multicast, reserved, unspecified, and the IPv6 forms that carry an IPv4 address (mapped, NAT64, 6to4, Teredo, ISATAP).
 */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false
  // `process` unwraps ::ffff:a.b.c.d, so that a mapped private address cannot pass as IPv6.
  const parsed = ipaddr.process(address)
  if (parsed.range() !== 'unicast' || METADATA_ADDRESSES.has(parsed.toString())) return false
  return parsed instanceof ipaddr.IPv4 || (parsed.match(GLOBAL_IPV6) && !isIsatap(parsed))
}

/** Whether a text is a host name, an address or a CIDR block, for the check of the configuration. */
export function isAllowEntry(entry: string): boolean {
  const plain = normalise(entry)
  return isBlock(plain) || ipaddr.isValid(plain) || HOST_NAME.test(plain)
}

/**
 * @param allowPrivate host names (`minio.internal`), addresses (`10.0.0.5`) and CIDR blocks (`192.168.0.0/16`)
 *   that are reachable although they are not public; entries that are none of these have no effect
 * @param ownAddresses those of this machine now; the system's interfaces by default
 */
export function createAddressRules(
  allowPrivate: readonly string[],
  ownAddresses: () => readonly string[] = addressesOfInterfaces,
): AddressRules {
  const entries = allowPrivate.map(normalise)
  const blocks = entries.flatMap((entry) => toBlock(entry) ?? [])
  const hosts = new Set(entries)
  return {
    allowsHost: (host) => hosts.has(normalise(host)),
    allowsAddress: (address, { isWebPort }) =>
      blocks.some((block) => isInside(address, block)) ||
      (isPublicAddress(address) && (isWebPort || !ownAddresses().some((own) => isSameAddress(own, address)))),
  }
}

function isIsatap({ parts }: ipaddr.IPv6): boolean {
  return ISATAP.heads.has(parts[4] ?? 0) && parts[5] === ISATAP.mark
}

function addressesOfInterfaces(): string[] {
  return Object.values(networkInterfaces()).flatMap((list) => (list ?? []).map(({ address }) => address))
}

function isSameAddress(own: string, address: string): boolean {
  return ipaddr.isValid(own) && ipaddr.process(own).toString() === ipaddr.process(address).toString()
}

type Block = { base: ipaddr.IPv4 | ipaddr.IPv6; bits: number }

function normalise(entry: string): string {
  return entry
    .trim()
    .toLowerCase()
    .replace(/^\[(.*)\]$/u, '$1')
    .replace(/\.$/u, '')
}

function isBlock(entry: string): boolean {
  return entry.includes('/') && ipaddr.isValidCIDR(entry)
}

function toBlock(entry: string): Block[] | null {
  if (isBlock(entry)) {
    const [base, bits] = ipaddr.parseCIDR(entry)
    return [{ base, bits }]
  }
  if (!ipaddr.isValid(entry)) return null
  const base = ipaddr.process(entry)
  return [{ base, bits: base.kind() === 'ipv4' ? 32 : 128 }]
}

function isInside(address: string, { base, bits }: Block): boolean {
  if (!ipaddr.isValid(address)) return false
  const parsed = ipaddr.process(address)
  if (parsed instanceof ipaddr.IPv4) return base instanceof ipaddr.IPv4 && parsed.match(base, bits)
  return base instanceof ipaddr.IPv6 && parsed.match(base, bits)
}
