/** Absolute addresses of this server, as the present caller can reach them. */
import { isIP } from 'node:net'
import { networkInterfaces } from 'node:os'

export type BaseUrls = {
  /** Base for the answer to one request, without a slash at the end. */
  forHost: (hostHeader: string | undefined) => string
  /** Base that does not depend on a request: the public URL, else the bound address. */
  main: () => string
  /** Whether `url` leads to this server. */
  isOwn: (url: URL) => boolean
}

export type BaseUrlOptions = {
  publicUrl: string | null
  /** The configured host, `0.0.0.0` and `::` included. */
  host: string
  /** The bound port; known only after listening. */
  port: () => number
}

const LOOPBACK_NAMES = new Set(['localhost', '127.0.0.1', '[::1]'])
const ANY_ADDRESS = new Set(['0.0.0.0', '[::]'])

/**
 * Result URLs follow the Host header, so that a page on `localhost` and one on `127.0.0.1` both get images of
 * their own origin; but only names that are ours are followed, because the header is the caller's to forge.
 * Loopback names pass with any port: behind a container's port mapping the bound port is not the caller's.
 */
export function createBaseUrls({ publicUrl, host, port }: BaseUrlOptions): BaseUrls {
  const configured = toUrlHost(host)
  const own = new Set([...LOOPBACK_NAMES, configured, ...interfaceAddresses()])
  const bound = ANY_ADDRESS.has(configured) ? '127.0.0.1' : configured
  const main = (): string => publicUrl ?? `http://${bound}:${port()}`
  return {
    main,
    forHost: (header) => {
      if (publicUrl !== null) return publicUrl
      const url = parseHost(header)
      if (url === null || !own.has(url.hostname)) return main()
      const isFollowed = LOOPBACK_NAMES.has(url.hostname) || portOf(url) === port()
      return isFollowed ? url.origin : main()
    },
    isOwn: (url) =>
      isBelow(url, publicUrl) ||
      (url.protocol === 'http:' && own.has(url.hostname) && portOf(url) === port()) ||
      (url.protocol === 'http:' && LOOPBACK_NAMES.has(url.hostname)),
  }
}

function parseHost(header: string | undefined): URL | null {
  // No more than host and port: a path or a user name in the header must not reach our addresses.
  if (header === undefined || !/^[\w.-]+(?::\d+)?$|^\[[\da-f:.]+\](?::\d+)?$/iu.test(header)) return null
  return URL.canParse(`http://${header}`) ? new URL(`http://${header}`) : null
}

function portOf(url: URL): number {
  if (url.port !== '') return Number(url.port)
  return url.protocol === 'https:' ? 443 : 80
}

function isBelow(url: URL, base: string | null): boolean {
  return base !== null && (url.origin + url.pathname).startsWith(`${base}/`)
}

function toUrlHost(host: string): string {
  return isIP(host) === 6 ? `[${host}]` : host.toLowerCase()
}

/** Names under which other machines reach a server that listens on every address. */
function interfaceAddresses(): string[] {
  return Object.values(networkInterfaces()).flatMap((list) =>
    (list ?? []).map(({ address }) => toUrlHost(address)),
  )
}
