/** The HTTP server: hooks in the order in which a request meets them, then one file per resource. */
import fastify, { LogController } from 'fastify'
import type { IncomingMessage } from 'node:http'
import type { FastifyBaseLogger, FastifyInstance, FastifyRequest, FastifyServerOptions } from 'fastify'
import { AfterimageError } from '../core/errors.ts'
import { logRequests } from './access-log.ts'
import { registerAssets } from './assets.ts'
import { createAuthHook } from './auth.ts'
import { BODY_ROOM, createBodyRoom } from './body-room.ts'
import { handleClientError, refuseExpectation } from './broken-requests.ts'
import type { HttpContext } from './context.ts'
import { allowAllOrigins } from './cors.ts'
import { registerDeliveries } from './deliveries.ts'
import { registerEngines } from './engines.ts'
import { handleError } from './errors.ts'
import { registerFiles } from './files.ts'
import { registerGenerate } from './generate.ts'
import { registerHealth } from './health.ts'
import { registerJobs } from './jobs.ts'
import { parseJsonBody } from './json-body.ts'
import { registerKeys } from './keys.ts'
import { registerModels } from './models.ts'
import { registerNotImplemented } from './not-implemented.ts'
import { registerOpenApi } from './openapi.ts'
import { dropVersionPrefix } from './path-aliases.ts'
import { registerPreviews } from './previews.ts'
import { createRateLimitHook } from './rate-limit.ts'
import { readBody } from './read-body.ts'
import { requestIdOf } from './request-id.ts'
import { requireScope } from './scopes.ts'
import { registerSession } from './session.ts'
import { limitSlowBodies, longestBodyMs, SLOW_BODIES } from './slow-bodies.ts'
import { limitSlowReaders } from './slow-readers.ts'
import { registerStudio } from './studio.ts'
import { refuseUnknownRoutes } from './unknown-routes.ts'
import { registerUpstreamWebhooks } from './upstream-webhooks.ts'
import { registerUsage } from './usage.ts'
import { registerSink, registerSinkOwner } from './webhook-sink.ts'
import { registerWebhooks } from './webhooks.ts'

/** A connection has this long to send its header; a thousand slow ones then hold nothing. */
const HEADERS_TIMEOUT_MS = 5000
const CHECK_CONNECTIONS_MS = 1000
/** Longer than the pause between two polls of any known client, shorter than the idle time of common proxies. */
const KEEP_ALIVE_MS = 50_000
const MAX_HEADER_BYTES = 16 * 1024
/**
 * A key or the code of a link. Whoever has no key could otherwise have bodies lie here that want only their last byte,
 * each as long as the largest picture, until the memory is gone.
 */
const MAX_KEYLESS_BODY_BYTES = 16 * 1024
/** The longest ids are file names of 32 digits and an ending; the rest of a model's path is not a parameter. */
const MAX_PARAM_LENGTH = 200

/** A server that is ready to listen; nothing is bound yet. */
export async function createHttpServer(
  context: HttpContext,
  logger: FastifyBaseLogger,
): Promise<FastifyInstance> {
  const slowBodies = {
    ...SLOW_BODIES,
    maxBytes: Math.max(context.limits.maxBodyBytes, context.limits.maxInputBytes),
  }
  const app = createFastify(logger, {
    requestTimeout: longestBodyMs(slowBodies),
    rewriteUrl: ({ url = '/' }) => (context.compat === 'lenient' ? dropVersionPrefix(url) : url),
  })
  app.decorateRequest('accountId', '')
  app.decorateRequest('keyId', '')
  app.decorateRequest('apiKey', null)
  app.addHook('onRequest', async (request, reply) => void reply.header('x-request-id', request.id))
  logRequests(app)
  await allowAllOrigins(app)
  limitSlowBodies(app, slowBodies)
  limitSlowReaders(app, slowBodies)
  app.addHook('onRequest', refuseMissingHost)
  refuseUnknownRoutes(app)
  acceptJson(app, MAX_KEYLESS_BODY_BYTES)
  app.setErrorHandler(handleError)

  registerFiles(app, context)
  registerHealth(app, context)
  registerOpenApi(app, context)
  registerNotImplemented(app)
  registerSink(app, context)
  registerUpstreamWebhooks(app)
  registerSession(app, context)
  registerStudio(app, context)
  await app.register(async (scope) => {
    acceptJson(scope, context.limits.maxBodyBytes)
    scope.addHook('onRequest', createAuthHook(context))
    scope.addHook('onRequest', createRateLimitHook(context.clock))
    scope.addHook('onRequest', requireScope)
    scope.addHook('onRequest', createBodyRoom({ ...BODY_ROOM, assumedBytes: context.limits.maxBodyBytes }))
    registerGenerate(scope, context)
    registerJobs(scope, context)
    await registerAssets(scope, context)
    registerPreviews(scope, context)
    registerModels(scope, context)
    registerEngines(scope, context)
    registerKeys(scope, context)
    registerUsage(scope, context)
    registerDeliveries(scope, context)
    registerWebhooks(scope, context)
    registerSinkOwner(scope, context)
  })
  return app
}

function createFastify(
  logger: FastifyBaseLogger,
  options: Pick<FastifyServerOptions, 'requestTimeout' | 'rewriteUrl'>,
): FastifyInstance {
  const app = fastify({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: requestIdOf,
    ...options,
    keepAliveTimeout: KEEP_ALIVE_MS,
    forceCloseConnections: 'idle',
    http: {
      maxHeaderSize: MAX_HEADER_BYTES,
      connectionsCheckingInterval: CHECK_CONNECTIONS_MS,
      // Node's own refusal is no JSON; `refuseMissingHost` says the same in our words.
      requireHostHeader: false,
    },
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH },
    clientErrorHandler: handleClientError,
    // Paths that cannot be routed at all: hooks do not run for them.
    frameworkErrors: (error, request, reply) => {
      void reply.headers({ 'x-request-id': request.id, 'access-control-allow-origin': '*' })
      handleError(error, request, reply)
    },
  })
  app.server.headersTimeout = HEADERS_TIMEOUT_MS
  app.server.on('checkExpectation', refuseExpectation)
  return app
}

async function refuseMissingHost({ headers, raw }: FastifyRequest): Promise<void> {
  if (headers.host === undefined && raw.httpVersion === '1.1')
    throw new AfterimageError('invalid_request', 'The Host header is missing.')
}

/** JSON is the only body besides forms; Fastify's own parsers refuse an empty one, which many clients send. */
function acceptJson(app: FastifyInstance, bodyLimit: number): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', async (_request: unknown, payload: IncomingMessage) =>
    readBody(payload, bodyLimit, parseJsonBody),
  )
}
