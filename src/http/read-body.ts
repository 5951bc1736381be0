/** A body as one piece of memory, which is gone when it was used. */
import type { IncomingHttpHeaders } from 'node:http'
import type { Readable } from 'node:stream'
import { AfterimageError } from '../core/errors.ts'

/** What of Node's `IncomingMessage` is needed. */
type Payload = Readable & { headers: IncomingHttpHeaders }

/**
 * Reads the body of a request and hands it to `use`, whose bytes are freed when it returns: it must keep no view of
 * them. Photographs in base64 would otherwise lie about until the garbage collector comes, and what it has not yet
 * collected is what a busy server's memory consists of.
 * @param maxBytes largest body that is read
 * @throws AfterimageError `payload_too_large`; `invalid_request` when it is not as long as was announced; the error
 *   of the stream when it breaks off
 */
export async function readBody<T>(payload: Payload, maxBytes: number, use: (bytes: Buffer) => T): Promise<T> {
  const announced = payload.headers['content-length']
  const length = announced === undefined ? null : Number(announced)
  if (length !== null && length > maxBytes) throw new AfterimageError('payload_too_large')
  const bytes = length === null ? await gather(payload, maxBytes) : await fill(payload, length)
  try {
    return use(Buffer.from(bytes))
  } finally {
    bytes.transfer(0)
  }
}

async function fill(payload: Payload, length: number): Promise<ArrayBuffer> {
  const bytes = Buffer.allocUnsafeSlow(length)
  let filled = 0
  for await (const piece of piecesOf(payload)) {
    if (filled + piece.length > length) throw wrongLength()
    filled += piece.copy(bytes, filled)
  }
  if (filled !== length) throw wrongLength()
  return bytes.buffer
}

async function gather(payload: Payload, maxBytes: number): Promise<ArrayBuffer> {
  const pieces: Buffer[] = []
  let length = 0
  for await (const piece of piecesOf(payload)) {
    length += piece.length
    if (length > maxBytes) throw new AfterimageError('payload_too_large')
    pieces.push(piece)
  }
  const bytes = Buffer.allocUnsafeSlow(length)
  let filled = 0
  for (const piece of pieces) filled += piece.copy(bytes, filled)
  return bytes.buffer
}

/** Leaving the loop must not end the connection: the refusal is answered on it, and the rest is drained. */
function piecesOf(payload: Payload): AsyncIterable<Buffer> {
  return payload.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>
}

function wrongLength(): AfterimageError {
  return new AfterimageError('invalid_request', 'The body is not as long as its Content-Length says.')
}
