/** Requests that never become one: Node's parser or its time limits refuse them before any route is known. */
import { randomUUID } from 'node:crypto'
import type { Socket } from 'node:net'
import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http'
import { AfterimageError } from '../core/errors.ts'
import { renderError } from '../wire/render.ts'
import { requestIdOf } from './request-id.ts'

/** Answers with JSON where the connection still takes it, and closes it. */
export function handleClientError(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const refusal = toRefusal(error.code)
  const requestId = randomUUID()
  const body = JSON.stringify(renderError(refusal, requestId))
  const head = [
    `HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status] ?? ''}`,
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    `X-Request-Id: ${requestId}`,
    'Access-Control-Allow-Origin: *',
    'Connection: close',
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
}

/**
 * Answers an `Expect` other than `100-continue` in our JSON, which Node by itself refuses without a body; for the event
 * `checkExpectation`. Whether the body of the request still comes is not known, so that the connection ends.
 */
export function refuseExpectation(request: IncomingMessage, response: ServerResponse): void {
  const found = String(request.headers.expect).slice(0, 40)
  const refusal = new AfterimageError(
    'expectation_failed',
    `Expect: found "${found}"; only 100-continue is known. Leave the header out.`,
  )
  const requestId = requestIdOf(request)
  const body = JSON.stringify(renderError(refusal, requestId))
  response.writeHead(refusal.status, {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': Buffer.byteLength(body),
    'X-Request-Id': requestId,
    'Access-Control-Allow-Origin': '*',
    Connection: 'close',
  })
  response.end(body)
}

function toRefusal(code: string | undefined): AfterimageError {
  if (code === 'HPE_HEADER_OVERFLOW')
    return new AfterimageError('headers_too_large', 'The header fields or the path are too large.')
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return new AfterimageError('request_timeout')
  return new AfterimageError('invalid_request', 'This is not a valid HTTP/1.1 request.')
}
