/** The header X-Afterimage-Cache: results that are taken again instead of made again. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { fieldError } from '../core/errors.ts'
import type { Job } from '../core/job.ts'
import { type CacheUse, CACHE_HEADER } from '../core/reuse-result.ts'

const WORDS = ['read', 'write', 'off'] as const

/** Nothing is read or written without the header. @throws AfterimageError `invalid_request` that names it */
export function readCacheUse({ headers }: FastifyRequest): CacheUse {
  const text = headers['x-afterimage-cache']
  if (text === undefined) return { isRead: false, isWritten: false }
  const words = String(text)
    .split(',')
    .map((word) => word.trim().toLowerCase())
  const isKnown = words.every((word) => WORDS.some((known) => known === word))
  if (isKnown && (!words.includes('off') || words.every((word) => word === 'off')))
    return { isRead: words.includes('read'), isWritten: words.includes('write') }
  throw fieldError('invalid_request', {
    path: CACHE_HEADER,
    message: `found "${String(text).slice(0, 40)}"; expected "read", "write", "read, write" or "off"`,
  })
}

/** Says what became of a request that may be answered from earlier results: also where the job's shape has no room for it. */
export function tellCache(reply: FastifyReply, { isRead }: CacheUse, job: Job): void {
  if (isRead) void reply.header(CACHE_HEADER, job.cost.basis === 'reused' ? 'hit' : 'miss')
}
