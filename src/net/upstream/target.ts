/** Where a call may go: only where the credentials belong. */
import { AfterimageError } from '../../core/errors.ts'

export type TrustedHosts = { vendor: string; origin: string; trustedSuffixes?: readonly string[] }

/**
 * A path below the configured address, or a whole address from an answer that lies on the configured origin, or,
 * over https, on a host with a trusted suffix.
 * @throws AfterimageError `engine_failed` for any other place
 */
export function resolveTarget(path: string, trusted: TrustedHosts): URL {
  const base = new URL(trusted.origin)
  const text = path.startsWith('/') ? `${trusted.origin.replace(/\/+$/u, '')}${path}` : path
  const target = URL.canParse(text) ? new URL(text) : null
  if (target !== null && target.username === '' && isTrusted(target, base, trusted.trustedSuffixes ?? []))
    return target
  throw new AfterimageError(
    'engine_failed',
    `${trusted.vendor} named an address outside its own hosts; it was not called, because it would have seen the API key.`,
  )
}

function isTrusted(target: URL, base: URL, suffixes: readonly string[]): boolean {
  if (target.origin === base.origin) return true
  return target.protocol === 'https:' && suffixes.some((suffix) => target.hostname.endsWith(suffix))
}
