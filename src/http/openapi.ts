/** GET /openapi.json: public, because clients read it before they have a key. */
import type { FastifyInstance } from 'fastify'
import { buildOpenApi } from '../wire/openapi.ts'
import type { HttpContext } from './context.ts'

export function registerOpenApi(
  app: FastifyInstance,
  { catalogue, baseUrls, version, compat }: HttpContext,
): void {
  app.get('/openapi.json', async (request) =>
    buildOpenApi({ catalogue, serverUrl: baseUrls.forHost(request.headers.host), version, mode: compat }),
  )
}
