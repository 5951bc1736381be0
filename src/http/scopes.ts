/** Which scope a route needs, and whether the key has it. */
import type { FastifyRequest } from 'fastify'
import { hasScope, type Scope } from '../core/api-key.ts'
import { AfterimageError } from '../core/errors.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Where the method does not tell: reading needs `read`, everything else `generate`. */
    scope?: Scope
  }
}

/**
 * Right after the key is known, so that no route is without it.
 * @throws AfterimageError `forbidden`
 */
export async function requireScope(request: FastifyRequest): Promise<void> {
  const needed = request.routeOptions.config.scope ?? scopeOfMethod(request.method)
  assertScope(request, needed)
}

/** @throws AfterimageError `forbidden` that names what is needed and what the key has */
export function assertScope({ apiKey }: FastifyRequest, needed: Scope): void {
  const scopes = apiKey?.scopes ?? []
  if (hasScope(scopes, needed)) return
  throw new AfterimageError(
    'forbidden',
    `This needs an API key with the scope "${needed}"; this key has ${scopes.map((scope) => `"${scope}"`).join(', ')}.`,
  )
}

function scopeOfMethod(method: string): Scope {
  return method === 'GET' || method === 'HEAD' ? 'read' : 'generate'
}
