/** GET /usage: what was made, charged and spent, by day, model and key. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { fieldError } from '../core/errors.ts'
import { renderUsage, toCsv } from '../wire/render-usage.ts'
import type { HttpContext } from './context.ts'
import { queryText } from './query.ts'
import { assertScope } from './scopes.ts'

const DAY_MS = 86_400_000
const DEFAULT_DAYS = 30
const MAX_DAYS = 400
const FORMATS = ['json', 'csv']

/** An account sees its own; only the operator may name another one. */
export function registerUsage(app: FastifyInstance, { ledger, clock }: HttpContext): void {
  app.get('/usage', async (request, reply) => {
    const format = queryText(request, 'format') ?? 'json'
    if (!FORMATS.includes(format)) throw bad('format', format, FORMATS.join(', '))
    const query = { accountId: readAccount(request), ...readDays(request, clock.now()) }
    const items = (await ledger.usage(query)).map(renderUsage)
    void reply.header('cache-control', 'no-store')
    if (format === 'csv') return reply.type('text/csv; charset=utf-8').send(toCsv(items))
    const { isPrepaid, microUsd } = await ledger.getBalance(query.accountId)
    return { account: query.accountId, balance_usd: isPrepaid ? microUsd / 1e6 : null, items }
  })
}

function readAccount(request: FastifyRequest): string {
  const named = queryText(request, 'account')
  if (named === null || named === request.accountId) return request.accountId
  assertScope(request, 'admin')
  return named
}

/** Whole days of UTC, both named ones included; the last 30 unless said otherwise. */
function readDays(request: FastifyRequest, now: number): { from: number; to: number } {
  const last = readDay(request, 'to') ?? Math.floor(now / DAY_MS) * DAY_MS
  const first = readDay(request, 'from') ?? last - (DEFAULT_DAYS - 1) * DAY_MS
  if (first > last || last - first >= MAX_DAYS * DAY_MS)
    throw bad('from', queryText(request, 'from') ?? '', `a day up to ${MAX_DAYS} days before \`to\``)
  return { from: first, to: last + DAY_MS }
}

function readDay(request: FastifyRequest, name: string): number | null {
  const text = queryText(request, name)
  if (text === null) return null
  const time = /^\d{4}-\d{2}-\d{2}$/u.test(text) ? Date.parse(text) : Number.NaN
  // The parser takes the 31st of February for a day in March.
  if (Number.isNaN(time) || !new Date(time).toISOString().startsWith(text))
    throw bad(name, text, 'a day like 2027-01-31')
  return time
}

function bad(path: string, found: string, allowed: string): Error {
  const message = `found "${found.slice(0, 40)}"; allowed: ${allowed}`
  return fieldError('invalid_request', { path, message })
}
