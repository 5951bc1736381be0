/** /webhooks/sink: a receiver to try webhooks with, and to forward them from (`afterimage listen`). */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { AfterimageError, fieldError } from '../core/errors.ts'
import type { SinkMessage } from '../core/webhook-sink.ts'
import { callerSignal } from './caller-signal.ts'
import type { HttpContext } from './context.ts'
import { queryText } from './query.ts'

/** A job is a few kilobytes. */
const MAX_BODY_BYTES = 256 * 1024
const MAX_WAIT_SECONDS = 25
/** Who called, and how the connection was made, says nothing about the message. */
const UNSHOWN_HEADERS = new Set(['authorization', 'cookie', 'connection', 'host'])

/** Making a sink needs a key; writing and reading need its id, which nobody can guess. */
export function registerSinkOwner(app: FastifyInstance, { webhookSink, baseUrls }: HttpContext): void {
  app.post('/webhooks/sink', async ({ headers }) => {
    const id = await webhookSink.newId()
    return { id, url: `${baseUrls.forHost(headers.host)}/webhooks/sink/${id}` }
  })
}

export function registerSink(app: FastifyInstance, { webhookSink }: HttpContext): void {
  void app.register(async (scope) => {
    // Whatever a sender posts is shown as it came; here nothing is parsed.
    scope.removeAllContentTypeParsers()
    const options = { parseAs: 'string', bodyLimit: MAX_BODY_BYTES } as const
    scope.addContentTypeParser('*', options, async (_request: unknown, body: string) => body)

    scope.addHook('onRequest', async (request) => {
      // One that is empty or no type at all would be refused before any parser is asked.
      if (request.headers['content-type'] !== undefined) request.headers = { 'content-type': 'text/plain' }
    })

    scope.post('/webhooks/sink/:id', async (request, reply) => {
      const { raw, body } = request
      const message = { headers: shownHeaders(raw.headers), body: typeof body === 'string' ? body : '' }
      if (!(await webhookSink.receive(sinkId(request), message))) throw unknownSink()
      return reply.code(204).send()
    })
    scope.get('/webhooks/sink/:id', async (request, reply) => {
      const waitMs = readWaitSeconds(request) * 1000
      const cursor = queryText(request, 'cursor')
      const page = await webhookSink.read(sinkId(request), { cursor, waitMs, signal: callerSignal(reply) })
      if (page === null) throw unknownSink()
      void reply.header('cache-control', 'no-store')
      return { items: page.messages.map(renderMessage), cursor: page.cursor }
    })
  })
}

function sinkId({ params }: FastifyRequest): string {
  return (params as { id?: string }).id ?? ''
}

function unknownSink(): AfterimageError {
  return new AfterimageError(
    'not_found',
    'There is no sink with this id; POST /webhooks/sink with your API key makes one.',
  )
}

function readWaitSeconds(request: FastifyRequest): number {
  const text = queryText(request, 'wait') ?? '0'
  const seconds = /^\d{1,3}$/u.test(text) ? Number(text) : -1
  if (seconds >= 0 && seconds <= MAX_WAIT_SECONDS) return seconds
  throw fieldError('invalid_request', {
    path: 'wait',
    message: `found "${text.slice(0, 20)}"; expected seconds from 0 to ${MAX_WAIT_SECONDS}.`,
  })
}

function shownHeaders(headers: FastifyRequest['headers']): Record<string, string> {
  const shown = Object.entries(headers).filter(([name]) => !UNSHOWN_HEADERS.has(name))
  return Object.fromEntries(shown.map(([name, value]) => [name, [value ?? ''].flat().join(', ')]))
}

function renderMessage({ sequence, receivedAt, headers, body }: SinkMessage): unknown {
  return { sequence, received_at: new Date(receivedAt).toISOString(), headers, body }
}
