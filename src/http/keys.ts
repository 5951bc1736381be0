/** /keys: the operator makes, lists and revokes API keys. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { AfterimageError } from '../core/errors.ts'
import { renderApiKey } from '../wire/render-key.ts'
import { parseNewKey } from '../wire/parse-key.ts'
import type { HttpContext } from './context.ts'
import { readId, unknownId } from './identifiers.ts'
import { queryText } from './query.ts'

const ADMIN = { config: { scope: 'admin' } } as const

export function registerKeys(app: FastifyInstance, { state, createApiKey, clock }: HttpContext): void {
  app.get('/keys', ADMIN, async (request) => ({
    items: (await state.listKeys(accountOf(request))).map(renderApiKey),
    next_cursor: null,
  }))
  app.post('/keys', ADMIN, async (request, reply) => {
    const { key, token } = await createApiKey({
      accountId: request.accountId,
      ...parseNewKey(request.body, clock.now()),
    })
    // The one moment at which the token is told; no cache may remember it.
    void reply.header('cache-control', 'no-store')
    return { ...renderApiKey(key), token }
  })
  app.delete('/keys/:id', ADMIN, async (request) => {
    const id = readId(request, 'key')
    if (id === request.keyId)
      throw new AfterimageError('conflict', 'This is the key that you use; revoke it with another one.')
    if (!(await state.revokeKey(id, accountOf(request)))) throw unknownId('key')
    return { success: true, id, message: 'The key was revoked.' }
  })
}

/** The account that the operator asks about: its own unless named. */
function accountOf(request: FastifyRequest): string {
  return queryText(request, 'account') ?? request.accountId
}
