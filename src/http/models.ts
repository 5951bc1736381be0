/** /models: what can be asked for, and which engine would do it on this server. */
import type { FastifyInstance } from 'fastify'
import { AfterimageError } from '../core/errors.ts'
import { isRetired, RETIRED_IDS } from '../core/retired-ids.ts'
import { renderModel, renderModelSchema } from '../wire/render.ts'
import type { HttpContext } from './context.ts'
import { findModel } from './find-model.ts'
import { queryText } from './query.ts'
import { readinessOf } from './readiness.ts'

const CATEGORIES: readonly string[] = ['image', 'enhance', 'video']

export function registerModels(app: FastifyInstance, context: HttpContext): void {
  app.get('/models', async (request) => {
    const category = queryText(request, 'category')
    if (category !== null && !CATEGORIES.includes(category))
      throw new AfterimageError(
        'invalid_request',
        `category: found "${category.slice(0, 60)}"; allowed: ${CATEGORIES.join(', ')}`,
        {
          issues: [{ path: 'category', message: `allowed: ${CATEGORIES.join(', ')}`, code: 'invalid_value' }],
        },
      )
    const models = context.catalogue
      .list()
      .filter((model) => category === null || model.category === category)
    const scene = { ...context, views: context.listEngines() }
    return {
      items: models.map((model) => ({ ...renderModel(model), ...readinessOf(scene, model) })),
      next_cursor: null,
      retired: retiredModels(context),
    }
  })
  app.get('/models/*', async (request) => {
    const model = findModel(context, null, request)
    const readiness = readinessOf({ ...context, views: context.listEngines() }, model)
    return { ...renderModelSchema(model, context.compat), ...readiness }
  })
}

/** Ids that callers may still have in their programs, and what to write instead; the newest end first. */
function retiredModels({ catalogue, clock }: HttpContext): unknown[] {
  const own = catalogue.retired().map(({ id, retirement }) => ({
    id,
    since: retirement?.sunsetDate ?? null,
    replacement: retirement?.replacement ?? null,
  }))
  const upstream = RETIRED_IDS.filter((row) => isRetired(row, clock.now()))
  const all = [...own, ...upstream.map(({ id, since, model }) => ({ id, since, replacement: model }))]
  return all.sort((a, b) => String(b.since).localeCompare(String(a.since)))
}
