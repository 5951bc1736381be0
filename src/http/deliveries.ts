/** /webhooks/deliveries: the log of what was sent, and sending it again. */
import type { FastifyInstance } from 'fastify'
import { renderJob } from '../wire/render.ts'
import { renderDelivery, renderDeliveryAttempt } from '../wire/render-delivery.ts'
import type { HttpContext } from './context.ts'
import { readId, unknownId } from './identifiers.ts'
import { toPage } from './page.ts'
import { readDeliveryListQuery } from './query.ts'
import { renderingFor } from './rendering.ts'

/** A replay adds up to seven; who replays for ever sees the newest. */
const MAX_ATTEMPTS_SHOWN = 100

export function registerDeliveries(app: FastifyInstance, context: HttpContext): void {
  const { deliveries } = context
  app.get('/webhooks/deliveries', async (request) => {
    const query = readDeliveryListQuery(request)
    const { accountId } = request
    return toPage(query.limit, {
      load: (limit) => deliveries.list({ ...query, accountId, limit }),
      render: renderDelivery,
    })
  })
  app.get('/webhooks/deliveries/:id', async (request) => {
    const found = await deliveries.get(readId(request, 'delivery'), request.accountId)
    if (found === null) throw unknownId('delivery')
    const { delivery, job } = found
    const attempts = await deliveries.listAttempts(delivery.id, MAX_ATTEMPTS_SHOWN)
    const baseUrl = context.webhookBaseUrl(delivery.webhook)
    return {
      ...renderDelivery(delivery),
      body: renderJob(job, { ...renderingFor(context, request), baseUrl }),
      attempts: attempts.map(renderDeliveryAttempt),
    }
  })
  app.post('/webhooks/deliveries/:id/replay', async (request) => {
    const replayed = await deliveries.replay(readId(request, 'delivery'), request.accountId)
    if (replayed === null) throw unknownId('delivery')
    return renderDelivery(replayed)
  })
}
