/** Bodies that trickle in. Node has one limit for all; ours grows with the announced length. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { AfterimageError } from '../core/errors.ts'
import { sendError } from './errors.ts'

export type SlowBodyOptions = {
  /** Time for any body, however small, in milliseconds. */
  baseMs: number
  /** The slowest line that is served: half of what a poor mobile connection sends. */
  minBytesPerSecond: number
  /** Length that is assumed when none was announced. */
  maxBytes: number
  /** How long the rest of a body is read and dropped after its request was answered, in milliseconds. */
  drainMs: number
}

export const SLOW_BODIES: Omit<SlowBodyOptions, 'maxBytes'> = {
  baseMs: 30_000,
  minBytesPerSecond: 128 * 1024,
  drainMs: 5000,
}

/** Longest time that any body may take; Node's own limit must not be shorter. */
export function longestBodyMs({ baseMs, minBytesPerSecond, maxBytes }: SlowBodyOptions): number {
  return baseMs + (maxBytes / minBytesPerSecond) * 1000
}

/**
 * Ends requests whose body takes too long with 408, and connections that go on sending after they were answered:
 * a caller without a key is refused before its body, and must not hold the connection with it.
 */
export function limitSlowBodies(app: FastifyInstance, options: SlowBodyOptions): void {
  const timers = new WeakMap<FastifyRequest, NodeJS.Timeout>()
  app.addHook('onRequest', async (request, reply) => {
    if (request.raw.complete || !hasBody(request)) return
    const timer = setTimeout(
      () => {
        if (request.raw.complete || reply.sent) return
        sendError(request, reply.header('connection', 'close'), new AfterimageError('request_timeout'))
      },
      deadlineMs(request, options),
    )
    timers.set(request, timer)
    request.raw.once('close', () => clearTimeout(timer))
  })
  app.addHook('preHandler', async (request) => {
    if (request.raw.complete) clearTimeout(timers.get(request))
  })
  app.addHook('onResponse', async (request) => {
    clearTimeout(timers.get(request))
    if (!request.raw.complete) destroyUnlessDrained(request, options.drainMs)
  })
}

function hasBody({ headers }: FastifyRequest): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
}

function deadlineMs({ headers }: FastifyRequest, options: SlowBodyOptions): number {
  const announced = Number(headers['content-length'] ?? options.maxBytes)
  return longestBodyMs({ ...options, maxBytes: Math.min(announced, options.maxBytes) })
}

function destroyUnlessDrained({ raw }: FastifyRequest, drainMs: number): void {
  // The message and not its socket: a request of `app.inject` has none.
  const timer = setTimeout(() => raw.destroy(), drainMs)
  raw.once('end', () => clearTimeout(timer))
  raw.once('close', () => clearTimeout(timer))
  // A form reader that gave up in the middle still holds the stream.
  raw.unpipe()
  raw.resume()
}
