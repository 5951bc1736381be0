import type { FastifyRequest } from 'fastify'
import type { Model } from '../catalogue/index.ts'
import { closeNames } from '../core/close-names.ts'
import { AfterimageError } from '../core/errors.ts'
import type { HttpContext } from './context.ts'
import { resolveModelAlias } from './path-aliases.ts'

type Catalogue = Pick<HttpContext, 'catalogue' | 'compat'>

/**
 * The model that the rest of a path names, within one category or, for `null`, in any.
 * @throws AfterimageError `not_found` that names the nearest ids
 */
export function findModel(
  { catalogue, compat }: Catalogue,
  category: 'image' | 'enhance' | null,
  request: FastifyRequest,
): Model {
  const { '*': rest = '' } = request.params as { '*'?: string }
  const id = compat === 'lenient' ? resolveModelAlias(rest) : rest
  const model = catalogue.findModel(id)
  if (model !== null && (category === null || model.category === category)) return model
  const known = catalogue.list().filter((other) => category === null || other.category === category)
  const near = closeNames(
    id,
    known.map((other) => other.id),
  )
  const hint = near.length === 0 ? 'see GET /models' : `did you mean ${near.join(' or ')}?`
  throw new AfterimageError('not_found', `There is no model "${id.slice(0, 100)}" here; ${hint}`)
}
