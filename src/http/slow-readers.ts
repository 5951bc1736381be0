/** Answers that nobody takes: a caller that asks for much and reads little must not hold a connection for ever. */
import type { FastifyInstance } from 'fastify'

export type SlowReaderOptions = {
  /** Time for any answer, however small, in milliseconds. */
  baseMs: number
  /** The slowest line that is served. */
  minBytesPerSecond: number
  /** Length that is assumed where none is announced. */
  maxBytes: number
}

/** Less than this fits into the buffers of the system, and is off our hands at once. */
const BUFFERED_BYTES = 64 * 1024

/**
 * Ends connections whose answer was not taken in time; the time grows with its length. A stream of events has no
 * length and no end, and is left alone: it is small, and their number is limited.
 */
export function limitSlowReaders(app: FastifyInstance, options: SlowReaderOptions): void {
  const { baseMs, minBytesPerSecond, maxBytes } = options
  app.addHook('onSend', async (_request, reply, payload) => {
    const bytes = lengthOf(payload, reply.getHeader('content-length')) ?? maxBytes
    if (bytes <= BUFFERED_BYTES || String(reply.getHeader('content-type')).startsWith('text/event-stream'))
      return
    const timer = setTimeout(() => reply.raw.destroy(), baseMs + (bytes / minBytesPerSecond) * 1000)
    reply.raw.once('close', () => clearTimeout(timer))
  })
}

function lengthOf(payload: unknown, announced: unknown): number | null {
  if (payload === null || payload === undefined) return 0
  if (typeof payload === 'string' || payload instanceof Uint8Array) return payload.length
  return announced === undefined ? null : Number(announced)
}
