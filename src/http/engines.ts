/** /engines: the operator sees what makes images here, and gives and takes keys of vendors. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { closeNames } from '../core/close-names.ts'
import type { EngineView } from '../core/engine-view.ts'
import { AfterimageError } from '../core/errors.ts'
import { parseEngineKey } from '../wire/parse-engine-key.ts'
import { renderEngine } from '../wire/render-engine.ts'
import type { HttpContext } from './context.ts'

const ADMIN = { config: { scope: 'admin' } } as const

export function registerEngines(app: FastifyInstance, context: HttpContext): void {
  const { engineKeys, listEngines } = context
  app.get('/engines', ADMIN, async () => ({ items: listEngines().map(renderEngine), next_cursor: null }))
  app.put('/engines/:id/key', ADMIN, async (request) => {
    const { id } = findVendor(listEngines(), request)
    await engineKeys.enter(id, parseEngineKey(request.body))
    audit(request, id, 'the key of an engine was entered')
    return renderEngine(findVendor(listEngines(), request))
  })
  app.delete('/engines/:id/key', ADMIN, async (request) => {
    const { id } = findVendor(listEngines(), request)
    if (!(await engineKeys.remove(id)))
      throw new AfterimageError('not_found', `No key was entered for ${id}; see GET /engines.`)
    audit(request, id, 'the entered key of an engine was removed')
    return renderEngine(findVendor(listEngines(), request))
  })
}

/** At the level that is logged unless somebody turns it off: who changes a key decides who pays. */
function audit({ log, accountId, keyId }: FastifyRequest, engine: string, sentence: string): void {
  log.warn({ engine, account: accountId, by: keyId }, sentence)
}

/** @throws AfterimageError `not_found`; `invalid_request` for an engine without a key of a vendor */
function findVendor(engines: readonly EngineView[], request: FastifyRequest): EngineView {
  const { id = '' } = request.params as { id?: string }
  const vendors = engines.filter(takesKey).map((engine) => engine.id)
  const engine = engines.find((candidate) => candidate.id === id)
  if (engine !== undefined && takesKey(engine)) return engine
  if (engine === undefined) {
    const near = closeNames(id, vendors)
    const hint = near.length === 0 ? 'see GET /engines' : `did you mean ${near.join(' or ')}?`
    throw new AfterimageError('not_found', `There is no engine "${id.slice(0, 60)}" here; ${hint}`)
  }
  const way = wayOf(engine)
  const message = `No key can be entered for ${id}: ${way}. Engines with a key: ${vendors.join(', ')}.`
  throw new AfterimageError('invalid_request', message, {
    issues: [{ path: 'id', message, code: 'invalid_request' }],
  })
}

function takesKey({ kind, keyOf }: EngineView): boolean {
  return kind === 'vendor' && keyOf === null
}

function wayOf({ keyOf, variable }: EngineView): string {
  if (keyOf !== null) return `it uses that of ${keyOf}`
  return variable === null ? 'it needs none' : `it is set up with ${variable}`
}
