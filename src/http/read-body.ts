/** A body as one piece of memory, which is gone when it was used. */
import type { IncomingHttpHeaders } from 'node:http'
import type { Readable } from 'node:stream'
import { AfterimageError } from '../core/errors.ts'

/** What of Node's `IncomingMessage` is needed. */
type Payload = Readable & { headers: IncomingHttpHeaders }

/** What Node reads from a socket at once; a piece keeps all of it in memory. */
const BLOCK_BYTES = 64 * 1024
/** Pieces from here on are kept without copying them. */
const LARGE_PIECE_BYTES = BLOCK_BYTES / 4

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
  const pieces = createPieces()
  let length = 0
  for await (const piece of piecesOf(payload)) {
    length += piece.length
    if (length > maxBytes) throw new AfterimageError('payload_too_large')
    pieces.add(piece)
  }
  const bytes = Buffer.allocUnsafeSlow(length)
  let filled = 0
  for (const piece of pieces.all()) filled += piece.copy(bytes, filled)
  return bytes.buffer
}

/**
 * Keeps pieces in their order, small ones together: a sender chooses their size, and those of a byte each, kept as they
 * are, take three hundred times what was sent, and the whole server with them.
 */
function createPieces(): { add: (piece: Buffer) => void; all: () => readonly Buffer[] } {
  const kept: Buffer[] = []
  let block = Buffer.alloc(0)
  let [begin, end] = [0, 0]
  const flush = (): void => {
    if (end > begin) kept.push(block.subarray(begin, end))
    begin = end
  }
  const add = (piece: Buffer): void => {
    if (piece.length >= LARGE_PIECE_BYTES) {
      flush()
      kept.push(piece)
      return
    }
    if (piece.length > block.length - end) {
      flush()
      block = Buffer.allocUnsafeSlow(BLOCK_BYTES)
      begin = end = 0
    }
    end += piece.copy(block, end)
  }
  return {
    add,
    all: () => {
      flush()
      return kept
    },
  }
}

/** Leaving the loop must not end the connection: the refusal is answered on it, and the rest is drained. */
function piecesOf(payload: Payload): AsyncIterable<Buffer> {
  return payload.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>
}

function wrongLength(): AfterimageError {
  return new AfterimageError('invalid_request', 'The body is not as long as its Content-Length says.')
}
