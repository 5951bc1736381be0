import type { FastifyRequest } from 'fastify'
import { AfterimageError } from '../core/errors.ts'

/** Controls that are designed but not built. Ignoring one in silence would cost a caller money or a result. */
const NOT_BUILT: readonly (readonly [header: string, instead: string])[] = [
  ['X-Api-Zero-Data-Retention', 'leave it out, and DELETE the job when you have its result'],
]

/** @throws AfterimageError `not_implemented` that names the header */
export function refuseUnsupportedHeaders({ headers }: FastifyRequest): void {
  for (const [header, instead] of NOT_BUILT) {
    if (headers[header.toLowerCase()] === undefined) continue
    throw new AfterimageError('not_implemented', `This server does not support ${header} yet: ${instead}.`)
  }
}
