import type { FastifyRequest } from 'fastify'
import { AfterimageError } from '../core/errors.ts'

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/iu

type IdKind = 'job' | 'asset' | 'delivery' | 'key'

/**
 * The `:id` of a job, an asset, a delivery or a key. What is no UUID cannot exist, so it is answered like any unknown id.
 * @throws AfterimageError `not_found`
 */
export function readId(request: FastifyRequest, kind: IdKind): string {
  const { id = '' } = request.params as { id?: string }
  if (!UUID.test(id)) throw unknownId(kind)
  return id.toLowerCase()
}

/** The same sentence for what never existed, is gone, or belongs to another account: none of them can be told apart. */
export function unknownId(kind: IdKind): AfterimageError {
  return new AfterimageError('not_found', `There is no ${kind} with this id.`)
}
