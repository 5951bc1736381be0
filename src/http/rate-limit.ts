/**
 * Requests per minute of a key: a bucket that holds a minute's worth and fills evenly. It is kept in the memory of this
 * process: behind N API nodes a key gets up to N times its rate, and a restart fills every bucket.
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { AfterimageError } from '../core/errors.ts'
import type { Clock } from '../core/ports.ts'

const MINUTE_MS = 60_000
/** Buckets kept at once; full ones are forgotten first, because a new one is full too. */
const MAX_BUCKETS = 10_000

type Bucket = { tokens: number; at: number; perMinute: number }
/** How a bucket stands after one more request. `resetSeconds`: until it is full, or when refused until the next token. */
export type Standing = { isAllowed: boolean; remaining: number; resetSeconds: number }
export type RateLimiter = (id: string, perMinute: number) => Standing

export function createRateLimiter({ now }: Clock): RateLimiter {
  const buckets = new Map<string, Bucket>()
  return (id, perMinute) => {
    const time = now()
    const bucket = refill(buckets.get(id), perMinute, time)
    const isAllowed = bucket.tokens >= 1
    if (isAllowed) bucket.tokens -= 1
    buckets.set(id, bucket)
    if (buckets.size > MAX_BUCKETS) forgetFull(buckets, time)
    const wanted = isAllowed ? perMinute : 1
    const waitMs = ((wanted - bucket.tokens) * MINUTE_MS) / perMinute
    return { isAllowed, remaining: Math.floor(bucket.tokens), resetSeconds: Math.ceil(waitMs / 1000) }
  }
}

/** A clock that went back fills nothing. */
function refill(bucket: Bucket | undefined, perMinute: number, time: number): Bucket {
  if (bucket === undefined) return { tokens: perMinute, at: time, perMinute }
  const gained = (Math.max(0, time - bucket.at) * perMinute) / MINUTE_MS
  return { tokens: Math.min(perMinute, bucket.tokens + gained), at: time, perMinute }
}

function forgetFull(buckets: Map<string, Bucket>, time: number): void {
  for (const [id, bucket] of buckets)
    if (refill(bucket, bucket.perMinute, time).tokens >= bucket.perMinute) buckets.delete(id)
}

/**
 * A hook: every answer to a limited key tells how it stands.
 * @throws AfterimageError `too_many_requests`
 */
export function createRateLimitHook(clock: Clock) {
  const limiter = createRateLimiter(clock)
  return async ({ apiKey }: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const perMinute = apiKey?.limits.requestsPerMinute ?? null
    if (apiKey === null || perMinute === null) return
    const { isAllowed, remaining, resetSeconds } = limiter(apiKey.id, perMinute)
    void reply.headers({
      'ratelimit-limit': perMinute,
      'ratelimit-remaining': remaining,
      'ratelimit-reset': resetSeconds,
    })
    if (isAllowed) return
    throw new AfterimageError(
      'too_many_requests',
      `This API key may make ${perMinute} requests a minute; try again in ${resetSeconds} s.`,
      { retryAfterSeconds: resetSeconds },
    )
  }
}
