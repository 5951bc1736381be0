import type { FastifyInstance } from 'fastify'

/**
 * One line for each request, with what helps to find a fault and nothing that is the caller's secret: no query
 * (it may hold a signed URL), no header, no body.
 */
export function logRequests(app: FastifyInstance): void {
  app.addHook('onResponse', async (request, reply) => {
    request.log.info(
      {
        method: request.method,
        path: request.url.split('?', 1)[0]?.slice(0, 200),
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime),
        account: request.accountId === '' ? undefined : request.accountId,
      },
      'request',
    )
  })
}
