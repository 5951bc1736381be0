import type { FastifyRequest } from 'fastify'
import { AfterimageError } from '../core/errors.ts'

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/iu

/**
 * The `:id` of a job or an asset. What is no UUID cannot exist, so it is answered like any unknown id.
 * @throws AfterimageError `not_found`
 */
export function readId(request: FastifyRequest, kind: 'job' | 'asset'): string {
  const { id = '' } = request.params as { id?: string }
  if (!UUID.test(id)) throw unknownId(kind)
  return id.toLowerCase()
}

/** The same sentence for what never existed, is gone, or belongs to another account: none of them can be told apart. */
export function unknownId(kind: 'job' | 'asset'): AfterimageError {
  return new AfterimageError('not_found', `There is no ${kind} with this id.`)
}
