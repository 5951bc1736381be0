/** Every error answer is JSON of one shape, whoever found the fault: a route, Fastify, or Node's HTTP parser. */
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import type { ErrorCode } from '../core/errors.ts'
import { AfterimageError, isAfterimageError, toAfterimageError } from '../core/errors.ts'
import { renderError } from '../wire/render.ts'

/** Faults that Fastify finds, under our own codes; its messages are kept where they say nothing of the caller's data. */
const FASTIFY_CODES: Readonly<Record<string, ErrorCode>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'payload_too_large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported_media_type',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'invalid_request',
  FST_ERR_BAD_URL: 'invalid_request',
  FST_ERR_MAX_PARAM_LENGTH: 'not_found',
  FST_REQ_FILE_TOO_LARGE: 'payload_too_large',
  FST_FILES_LIMIT: 'invalid_request',
  FST_FIELDS_LIMIT: 'invalid_request',
  FST_PARTS_LIMIT: 'invalid_request',
}

const MESSAGES: Readonly<Record<string, string>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'This route takes a JSON body: send "Content-Type: application/json".',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'The body is not as long as its Content-Length says.',
  FST_ERR_BAD_URL: 'The path is not valid: its percent-encoding is broken.',
  FST_ERR_MAX_PARAM_LENGTH: 'Not found: an id in the path is too long.',
}

/** The error handler of the server. */
export function handleError(thrown: unknown, request: FastifyRequest, reply: FastifyReply): void {
  sendError(request, reply, fromFastify(thrown))
}

/** Sends the error as JSON; what is our own fault is logged, and told without its details. */
export function sendError(request: FastifyRequest, reply: FastifyReply, error: AfterimageError): void {
  if (isOurFault(error)) request.log.error({ err: error.cause ?? error }, 'request failed')
  if (error.code === 'unauthorized') reply.header('www-authenticate', 'Bearer realm="afterimage"')
  if (error.retryAfterSeconds !== undefined) reply.header('retry-after', Math.ceil(error.retryAfterSeconds))
  void reply
    .code(error.status)
    .type('application/json; charset=utf-8')
    .header('cache-control', 'no-store')
    .send(JSON.stringify(renderError(error, request.id)))
}

/** Also a disk or database that is out of order: the caller is told little, so the operator must be told the cause. */
function isOurFault({ code, cause }: AfterimageError): boolean {
  return code === 'internal' || (cause !== undefined && (code === 'unavailable' || code === 'storage_full'))
}

function fromFastify(thrown: unknown): AfterimageError {
  if (isAfterimageError(thrown)) return thrown
  const { code = '', statusCode = 500, message } = (thrown ?? {}) as Partial<FastifyError>
  const known = FASTIFY_CODES[code]
  if (known !== undefined) return new AfterimageError(known, MESSAGES[code] ?? message, { cause: thrown })
  // A caller that hangs up in the middle of its body reaches nobody, but it is no fault of ours.
  if (code === 'ECONNRESET' || code === 'ERR_STREAM_PREMATURE_CLOSE')
    return new AfterimageError('client_closed_request')
  const isCallersFault = statusCode >= 400 && statusCode < 500
  return isCallersFault
    ? new AfterimageError('invalid_request', message, { cause: thrown })
    : toAfterimageError(thrown)
}
