import type { FastifyRequest } from 'fastify'
import type { RenderJobOptions } from '../wire/render.ts'
import type { HttpContext } from './context.ts'

/** How jobs and assets look in the answer to a request. */
export function renderingFor(
  { baseUrls, compat, fileSigner }: Pick<HttpContext, 'baseUrls' | 'compat' | 'fileSigner'>,
  { headers }: Pick<FastifyRequest, 'headers'>,
): Required<Omit<RenderJobOptions, 'moment'>> {
  return { baseUrl: baseUrls.forHost(headers.host), mode: compat, signFile: fileSigner?.sign ?? null }
}
