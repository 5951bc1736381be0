import type { FastifyRequest } from 'fastify'
import type { Model } from '../catalogue/index.ts'
import { modelUnavailable } from '../catalogue/retirement.ts'
import { closeNames } from '../core/close-names.ts'
import { AfterimageError } from '../core/errors.ts'
import { findRetired, isRetired } from '../core/retired-ids.ts'
import type { HttpContext } from './context.ts'
import { resolveModelAlias } from './path-aliases.ts'

type Scene = Pick<HttpContext, 'catalogue' | 'compat' | 'clock'>

/**
 * The model that the rest of a path names, within one category or, for `null`, in any.
 * @throws AfterimageError `not_found` that names the nearest ids; `model_unavailable` for an id of a vendor's that does
 *   not work any more, with what to use instead
 */
export function findModel(
  { catalogue, compat, clock }: Scene,
  category: 'image' | 'enhance' | null,
  request: FastifyRequest,
): Model {
  const { '*': rest = '' } = request.params as { '*'?: string }
  const id = compat === 'lenient' ? resolveModelAlias(rest) : rest
  const model = catalogue.findModel(id)
  if (model !== null && (category === null || model.category === category)) return model
  const retired = findRetired(id)
  if (model === null && retired !== null && isRetired(retired, clock.now()))
    throw modelUnavailable(retired.id, {
      sunsetDate: retired.since,
      replacement: retired.model,
      migrationUrl: null,
    })
  const known = catalogue.list().filter((other) => category === null || other.category === category)
  const near = closeNames(
    id,
    known.map((other) => other.id),
  )
  const hint = near.length === 0 ? 'see GET /models' : `did you mean ${near.join(' or ')}?`
  throw new AfterimageError('not_found', `There is no model "${id.slice(0, 100)}" here; ${hint}`)
}
