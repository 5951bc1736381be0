/** Any page may call this API with a key of its own; the Studio's cookie is never sent across origins. */
import cors from '@fastify/cors'
import type { FastifyInstance } from 'fastify'

const EXPOSED = [
  'X-Request-Id',
  'Retry-After',
  'Idempotent-Replayed',
  'X-Afterimage-Deduplicated',
  'X-Afterimage-Cache',
  'RateLimit-Limit',
  'RateLimit-Remaining',
  'RateLimit-Reset',
  'X-Afterimage-Compat',
  'Deprecation',
  'Link',
  'ETag',
  'Content-Range',
  'Accept-Ranges',
]
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS']
const PREFLIGHT_CACHE_SECONDS = 86_400

/** Also answers the preflight of every path. */
export async function allowAllOrigins(app: FastifyInstance): Promise<void> {
  await app.register(cors, {
    origin: '*',
    credentials: false,
    methods: METHODS,
    exposedHeaders: EXPOSED,
    maxAge: PREFLIGHT_CACHE_SECONDS,
    strictPreflight: false,
  })
}
