/** Query parameters: strings that may be missing, repeated or wrong. */
import type { FastifyRequest } from 'fastify'
import { closeNames } from '../core/close-names.ts'
import type { Issue } from '../core/errors.ts'
import { AfterimageError } from '../core/errors.ts'
import type { JobStatus } from '../core/job.ts'
import { DELIVERY_STATUSES } from '../core/delivery.ts'
import type { DeliveryStatus } from '../core/delivery.ts'
import { JOB_STATUSES } from '../core/job.ts'
import { parseCursor } from '../wire/cursor.ts'

export type PageQuery = { beforeMicros: number | null; limit: number }
export type DeliveryListQuery = PageQuery & { jobId: string | null; status: DeliveryStatus | null }
export type JobListQuery = PageQuery & { types: readonly string[] | null; status: JobStatus | null }

const DEFAULT_LIMIT = 100
const MAX_LIMIT = 1000
const MAX_TYPES = 50
/** Shorter than the idle time of common proxies. */
const MAX_WAIT_SECONDS = 60

type Query = Readonly<Record<string, string | string[] | undefined>>
type Reader = { text: (name: string) => string | null; fail: (path: string, message: string) => void }

/** @throws AfterimageError `invalid_request` with an issue for each bad parameter */
export function readPageQuery(request: FastifyRequest): PageQuery {
  return readQuery(request, readPage)
}

/** @throws AfterimageError `invalid_request` with an issue for each bad parameter */
export function readJobListQuery(request: FastifyRequest): JobListQuery {
  return readQuery(request, (reader) => ({
    ...readPage(reader),
    types: readTypes(reader),
    status: readWord(reader, 'status', JOB_STATUSES),
  }))
}

/** @throws AfterimageError `invalid_request` with an issue for each bad parameter */
export function readDeliveryListQuery(request: FastifyRequest): DeliveryListQuery {
  return readQuery(request, (reader) => ({
    ...readPage(reader),
    jobId: reader.text('job_id')?.toLowerCase() ?? null,
    status: readWord(reader, 'status', DELIVERY_STATUSES),
  }))
}

/** A parameter that occurs at most once; an empty value counts as none. */
export function queryText(request: FastifyRequest, name: string): string | null {
  return readQuery(request, ({ text }) => text(name))
}

/**
 * Whether a switch like `?dry_run=1` is on; its bare name turns it on. A name that looks like it is refused: what was
 * meant as a dry run must not become a job that costs money.
 * @throws AfterimageError `invalid_request`
 */
export function querySwitch(request: FastifyRequest, name: string): boolean {
  const names = Object.keys(request.query as Query)
  return readQuery(request, ({ text, fail }) => {
    for (const other of names)
      if (other !== name && closeNames(other, [name]).length > 0) fail(other, `is not known; use ${name}=1`)
    const value = text(name) ?? (names.includes(name) ? '1' : '0')
    if (!['0', '1', 'true', 'false'].includes(value)) fail(name, `found ${quoted(value)}; allowed: 1, 0`)
    return value === '1' || value === 'true'
  })
}

/** Seconds of `?wait=20`; null without it. @throws AfterimageError `invalid_request` */
export function queryWaitSeconds(request: FastifyRequest): number | null {
  return readQuery(request, ({ text, fail }) => {
    const value = text('wait')
    if (value === null) return null
    const seconds = /^\d{1,2}$/u.test(value) ? Number(value) : 0
    if (seconds < 1 || seconds > MAX_WAIT_SECONDS)
      fail('wait', `found ${quoted(value)}; expected whole seconds from 1 to ${MAX_WAIT_SECONDS}`)
    return seconds
  })
}

function readQuery<Result>(request: FastifyRequest, read: (reader: Reader) => Result): Result {
  const query = request.query as Query
  const issues: Issue[] = []
  const fail = (path: string, message: string): void =>
    void issues.push({ path, message, code: 'invalid_value' })
  const text = (name: string): string | null => {
    const value = query[name]
    if (Array.isArray(value)) fail(name, 'is given more than once')
    return typeof value === 'string' && value !== '' ? value : null
  }
  const result = read({ text, fail })
  if (issues.length === 0) return result
  const message = issues.map((issue) => `${issue.path}: ${issue.message}`).join('; ')
  throw new AfterimageError('invalid_request', message, { issues })
}

function readPage({ text, fail }: Reader): PageQuery {
  const limitText = text('limit')
  const limit = limitText === null ? DEFAULT_LIMIT : Number(/^\d{1,6}$/u.test(limitText) ? limitText : 0)
  if (limit < 1 || limit > MAX_LIMIT)
    fail('limit', `found ${quoted(limitText)}; expected a whole number from 1 to ${MAX_LIMIT}`)
  return { limit, beforeMicros: readCursor({ text, fail }) }
}

function readCursor({ text, fail }: Reader): number | null {
  const cursor = text('cursor')
  if (cursor === null) return null
  const micros = parseCursor(cursor)
  if (micros === null)
    fail('cursor', `found ${quoted(cursor)}; expected the next_cursor of an earlier page or an ISO 8601 time`)
  return micros
}

function readTypes({ text, fail }: Reader): readonly string[] | null {
  const types = text('types')
    ?.split(',')
    .map((type) => type.trim())
    .filter((type) => type !== '')
  if (types !== undefined && types.length > MAX_TYPES)
    fail('types', `found ${types.length} types; at most ${MAX_TYPES} are allowed`)
  return types ?? null
}

function readWord<Word extends string>(
  { text, fail }: Reader,
  name: string,
  words: readonly Word[],
): Word | null {
  const found = text(name)
  const known = words.find((word) => word === found) ?? null
  if (found !== null && known === null) fail(name, `found ${quoted(found)}; allowed: ${words.join(', ')}`)
  return known
}

function quoted(value: string | null): string {
  return `"${(value ?? '').slice(0, 60)}"`
}
