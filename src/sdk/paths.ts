/**
 * `google/nano-banana-pro` or an id as part of a path, each segment encoded.
 *
 * @throws TypeError for empty segments and for dots: `jobs.get('../assets')` must not reach another route
 */
export function toPath(name: string, value: string): string {
  const segments = value.replace(/^\/+|\/+$/gu, '').split('/')
  if (segments.some((segment) => segment === '' || segment === '.' || segment === '..'))
    throw new TypeError(`${name}: expected a name or names separated by "/", found "${value}"`)
  return segments.map((segment) => encodeURIComponent(segment)).join('/')
}

/** An id: one segment. @throws TypeError */
export function toId(name: string, value: string): string {
  const path = toPath(name, value)
  if (path.includes('/')) throw new TypeError(`${name}: expected an id, found "${value}"`)
  return path
}
