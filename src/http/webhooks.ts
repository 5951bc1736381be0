/** Webhooks beside their log: the header of a submit, disabled addresses, and the secrets that sign. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { JobWebhook } from '../core/delivery.ts'
import { AfterimageError, fieldError } from '../core/errors.ts'
import { renderDisabledWebhook, renderWebhookSecret } from '../wire/render-delivery.ts'
import type { HttpContext } from './context.ts'

/** Stands for the id of the key that the request is made with. */
const OWN_KEY = 'current'

/**
 * The webhook that a submit asks for with `X-Webhook-URL`; null without the header.
 * @throws AfterimageError `invalid_request` that names the header
 */
export async function readWebhook(
  { checkWebhook, baseUrls }: Pick<HttpContext, 'checkWebhook' | 'baseUrls'>,
  { headers, keyId }: FastifyRequest,
): Promise<JobWebhook | null> {
  const text = headers['x-webhook-url']
  if (text === undefined) return null
  const url = await checkWebhook(String(text))
  return { url, keyId, baseUrl: baseUrls.forHost(headers.host) }
}

export function registerWebhooks(app: FastifyInstance, context: HttpContext): void {
  const { deliveries, webhookSecrets } = context
  app.get('/webhooks/disabled', async ({ accountId }) => ({
    items: (await deliveries.listDisabled(accountId)).map(renderDisabledWebhook),
  }))
  app.post('/webhooks/enable', async (request) => {
    const url = readUrl(request)
    if (!(await deliveries.enable(url, request.accountId)))
      throw fieldError('not_found', { path: 'url', message: 'this address is not disabled' })
    return { url, enabled: true }
  })

  app.get('/keys/:id/webhook-secret', async (request, reply) => {
    assertOwnKey(request)
    const secrets = await webhookSecrets.list(request.keyId)
    void reply.header('cache-control', 'no-store')
    return { key_id: request.keyId, items: secrets.map(renderWebhookSecret) }
  })
  app.post('/keys/:id/webhook-secret/rotate', async (request, reply) => {
    assertOwnKey(request)
    await webhookSecrets.rotate(request.keyId)
    const secrets = await webhookSecrets.list(request.keyId)
    void reply.header('cache-control', 'no-store')
    return { key_id: request.keyId, items: secrets.map(renderWebhookSecret) }
  })
}

function readUrl({ body }: FastifyRequest): string {
  const { url } = (body ?? {}) as { url?: unknown }
  if (typeof url === 'string' && url.length > 0) return url
  throw fieldError('invalid_request', { path: 'url', message: 'expected the address to enable, as a text' })
}

/**
 * A key sees its own secret only: whoever stole one key must not be able to sign for another one of the account.
 * The operator sees all of them on the command line.
 */
function assertOwnKey(request: FastifyRequest): void {
  const { id = '' } = request.params as { id?: string }
  if (id === OWN_KEY || id.toLowerCase() === request.keyId) return
  throw new AfterimageError(
    'not_found',
    'This is not the id of the key that you use; write "current" for that one, or ask the operator to run ' +
      '"afterimage keys secret".',
  )
}
