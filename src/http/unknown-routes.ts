/** 404 and 405 before the body is read: a path that does not exist needs no valid JSON to say so. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { AfterimageError } from '../core/errors.ts'

/** Answered by the CORS plugin on every path. */
const EVERYWHERE = 'OPTIONS'

/** Must be registered before all routes, because it notes each of them. */
export function refuseUnknownRoutes(app: FastifyInstance): void {
  const methodsByPath = new Map<string, Set<string>>()
  app.addHook('onRoute', ({ url, method }) => {
    if (url === '*' || url === '/*') return
    const methods = methodsByPath.get(url) ?? new Set([EVERYWHERE])
    for (const name of [method].flat()) methods.add(name)
    methodsByPath.set(url, methods)
  })
  app.addHook('onRequest', async (request, reply) => {
    if (!request.is404) return
    const allowed = allowedMethods(methodsByPath, pathOf(request))
    if (allowed.length === 0)
      throw new AfterimageError(
        'not_found',
        `There is nothing at ${shown(pathOf(request))}; see /openapi.json.`,
      )
    reply.header('allow', allowed.join(', '))
    throw new AfterimageError(
      'method_not_allowed',
      `${request.method} is not possible at ${shown(pathOf(request))}; allowed: ${allowed.join(', ')}.`,
    )
  })
}

function allowedMethods(methodsByPath: ReadonlyMap<string, Set<string>>, path: string): string[] {
  const found = [...methodsByPath].flatMap(([pattern, methods]) =>
    matches(pattern, path) ? [...methods] : [],
  )
  return [...new Set(found)].sort()
}

/** `:name` takes one segment, `*` the rest. */
function matches(pattern: string, path: string): boolean {
  const wanted = pattern.split('/')
  const found = path.split('/')
  const isOpen = wanted.at(-1) === '*'
  if (isOpen ? found.length < wanted.length : found.length !== wanted.length) return false
  return wanted.every((segment, at) => segment === '*' || segment.startsWith(':') || segment === found[at])
}

function pathOf(request: FastifyRequest): string {
  return request.url.split('?', 1)[0] ?? ''
}

function shown(path: string): string {
  return path.length > 100 ? `${path.slice(0, 100)}…` : path
}
