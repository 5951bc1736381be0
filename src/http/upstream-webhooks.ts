/** /webhooks/upstream/{job}: where vendors report to. It is there so that a lost submit can be found by its address. */
import type { FastifyInstance } from 'fastify'
import { AfterimageError } from '../core/errors.ts'
import { UPSTREAM_WEBHOOK_PATH } from '../core/upstream-webhook.ts'

/**
 * Takes anything from anybody and reads nothing: a job learns how it stands by asking its vendor, with our credentials,
 * so that a forged report can do nothing. A vendor that is refused may stop its reports for good.
 */
export function registerUpstreamWebhooks(app: FastifyInstance): void {
  void app.register(async (scope) => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', (_request, payload, done) => {
      payload.resume()
      done(null)
    })
    scope.addHook('onRequest', async (request) => {
      const { job = '' } = request.params as { job?: string }
      if (job === '') throw new AfterimageError('not_found', `Expected ${UPSTREAM_WEBHOOK_PATH}/{job}.`)
      // A type that cannot be read would be refused before any parser is asked.
      request.raw.headers['content-type'] = 'application/octet-stream'
    })
    scope.post(`${UPSTREAM_WEBHOOK_PATH}/:job`, (_request, reply) => reply.code(204).send())
  })
}
