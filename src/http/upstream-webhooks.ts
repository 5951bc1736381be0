/** /webhooks/upstream/{job}: where vendors report to. It is there so that a lost submit can be found by its address. */
import type { FastifyInstance } from 'fastify'
import { UPSTREAM_WEBHOOK_PATH } from '../core/upstream-webhook.ts'

/**
 * Takes anything from anybody and reads nothing: a job learns how it stands by asking its vendor, with our credentials,
 * so that a forged report can do nothing.
 */
export function registerUpstreamWebhooks(app: FastifyInstance): void {
  void app.register(async (scope) => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', (_request, payload, done) => {
      payload.resume()
      done(null)
    })
    scope.post(`${UPSTREAM_WEBHOOK_PATH}/:job`, (_request, reply) => reply.code(204).send())
  })
}
