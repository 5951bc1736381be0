/** How many bytes of large JSON bodies are in memory at once. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { AfterimageError } from '../core/errors.ts'

export type BodyRoomOptions = {
  /** Bodies of one server, in bytes as they were announced; read, parsed and decoded they take three times as much. */
  maxBytes: number
  /** Of one account, so that somebody who sends slowly leaves room to others. */
  maxBytesPerAccount: number
  /** Length that is assumed where none is announced. */
  assumedBytes: number
  /** How long a request waits for room, in milliseconds; its body stays in the network meanwhile. */
  waitMs: number
}

export const BODY_ROOM: Omit<BodyRoomOptions, 'assumedBytes'> = {
  maxBytes: 48 * 1024 * 1024,
  maxBytesPerAccount: 32 * 1024 * 1024,
  waitMs: 20_000,
}

/** Smaller ones pass without being counted: most requests, and so many of them do no harm. */
const SMALL_BYTES = 1024 * 1024
const RETRY_SECONDS = 5

type Waiting = { accountId: string; bytes: number; enter: () => void }

/**
 * An `onRequest` hook, after the key was checked: a large body is read when there is room for it. One that is larger
 * than all the room passes when it is alone.
 * @throws AfterimageError `unavailable` when there was no room for too long
 */
export function createBodyRoom(
  options: BodyRoomOptions,
): (request: FastifyRequest, reply: FastifyReply) => Promise<void> {
  const { maxBytes, maxBytesPerAccount, waitMs } = options
  const held = new Map<string, number>()
  let total = 0
  let queue: Waiting[] = []
  const fits = ({ accountId, bytes }: Pick<Waiting, 'accountId' | 'bytes'>): boolean => {
    const own = held.get(accountId) ?? 0
    return (total === 0 || total + bytes <= maxBytes) && (own === 0 || own + bytes <= maxBytesPerAccount)
  }
  const take = (accountId: string, bytes: number): void => {
    total += bytes
    const own = (held.get(accountId) ?? 0) + bytes
    if (own > 0) held.set(accountId, own)
    else held.delete(accountId)
  }
  const letIn = (): void => {
    for (const waiting of queue)
      if (fits(waiting)) {
        take(waiting.accountId, waiting.bytes)
        queue = queue.filter((other) => other !== waiting)
        waiting.enter()
      }
  }
  return async ({ accountId, headers, raw }, reply) => {
    const bytes = lengthOf(headers, options.assumedBytes)
    // Somebody who left while the key was looked up closes no more, and would hold room for ever.
    if (bytes < SMALL_BYTES || hasLeft(raw, reply)) return
    if (queue.length === 0 && fits({ accountId, bytes })) take(accountId, bytes)
    else {
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      const waiting: Waiting = { accountId, bytes, enter: resolve }
      const giveUp = (): void => {
        queue = queue.filter((other) => other !== waiting)
        reject(noRoom())
      }
      const timer = setTimeout(giveUp, waitMs)
      raw.socket.once('close', giveUp)
      queue.push(waiting)
      letIn()
      await promise.finally(() => {
        clearTimeout(timer)
        raw.socket.off('close', giveUp)
      })
    }
    const giveBack = (): void => {
      take(accountId, -bytes)
      letIn()
    }
    if (hasLeft(raw, reply)) return giveBack()
    // Not when it was read: until its answer, its text and what was decoded of it are in memory.
    reply.raw.once('close', giveBack)
  }
}

function hasLeft({ socket }: FastifyRequest['raw'], { raw }: FastifyReply): boolean {
  return raw.destroyed || socket.destroyed
}

function lengthOf(headers: FastifyRequest['headers'], assumedBytes: number): number {
  // A form is written to the disk as it arrives. The case of a type means nothing, to the parser neither.
  if (headers['content-type']?.toLowerCase().startsWith('application/json') !== true) return 0
  if (headers['content-length'] !== undefined) return Number(headers['content-length'])
  return headers['transfer-encoding'] === undefined ? 0 : assumedBytes
}

function noRoom(): AfterimageError {
  const message = 'Too many large requests arrive at once; send this one again, or upload the image first.'
  return new AfterimageError('unavailable', message, { retryAfterSeconds: RETRY_SECONDS })
}
