/** What a new API key is to be, from JSON or from the flags of the command line. */
import type { KeyLimits, Scope } from '../core/api-key.ts'
import { NO_LIMITS, SCOPES } from '../core/api-key.ts'
import type { Issue } from '../core/errors.ts'
import { AfterimageError } from '../core/errors.ts'
import { ON_UNSUPPORTED } from '../core/job.ts'
import { parseUsd } from './usd.ts'

export type ParsedKey = {
  accountId?: string
  name: string
  scopes?: readonly Scope[]
  expiresAt: number | null
  limits: KeyLimits
}

const MEMBERS = [
  'account',
  'name',
  'scopes',
  'expires_at',
  'models',
  'concurrency',
  'requests_per_minute',
  'monthly_budget_usd',
  'max_cost_usd',
  'no_store',
  'on_unsupported',
]
const ACCOUNT = /^[\w.@-]{1,100}$/u
const MODEL = /^[a-z0-9._-]+\/(?:\*|[a-z0-9._-]+)$/u
const MAX_COUNT = 100_000

type Read = <T>(name: string, check: (value: unknown) => T | undefined, expected: string) => T | null

/**
 * @param now milliseconds; a key that has ended before it is made is a mistake
 * @throws AfterimageError `invalid_request` with an issue for each fault, unknown members among them
 */
export function parseNewKey(body: unknown, now: number): ParsedKey {
  const given = (typeof body === 'object' && body !== null ? body : {}) as Readonly<Record<string, unknown>>
  const issues: Issue[] = Object.keys(given)
    .filter((name) => !MEMBERS.includes(name))
    .map((path) => ({ path, message: `is not known; allowed: ${MEMBERS.join(', ')}`, code: 'unknown_field' }))
  const read: Read = (name, check, expected) => {
    const value = Object.hasOwn(given, name) ? (given[name] ?? null) : null
    const checked = value === null ? null : check(value)
    if (checked === undefined)
      issues.push({ path: name, message: `expected ${expected}`, code: 'invalid_value' })
    return checked ?? null
  }
  const key = readKey(read, now)
  if (issues.length === 0) return key
  const message = issues.map(({ path, message }) => `${path}: ${message}`).join('; ')
  throw new AfterimageError('invalid_request', `${message}.`, { issues })
}

function readKey(read: Read, now: number): ParsedKey {
  const account = read('account', text(ACCOUNT), 'letters, digits, ".", "@", "_" and "-"')
  const scopes = read('scopes', list(isScope), `a list of ${SCOPES.join(', ')}`)
  return {
    ...(account === null ? {} : { accountId: account }),
    ...(scopes === null ? {} : { scopes }),
    name: read('name', text(/^[^\p{Cc}]{1,100}$/u), 'a text of 1 to 100 characters') ?? 'unnamed',
    expiresAt: read('expires_at', timeAfter(now), 'a time in the future, like 2030-01-31T12:00:00Z'),
    limits: readLimits(read),
  }
}

function readLimits(read: Read): KeyLimits {
  const usd = 'an amount in US dollars with at most six decimals'
  return {
    models: read('models', list(isModel), 'a list of models (`provider/model` or `provider/*`)'),
    concurrency: read('concurrency', count, `a whole number from 1 to ${MAX_COUNT}`),
    requestsPerMinute: read('requests_per_minute', count, `a whole number from 1 to ${MAX_COUNT}`),
    monthlyBudgetMicroUsd: read('monthly_budget_usd', dollars, usd),
    maxCostMicroUsd: read('max_cost_usd', dollars, usd),
    isStored:
      read('no_store', (value) => (typeof value === 'boolean' ? value : undefined), 'true or false') !== true,
    onUnsupported:
      read('on_unsupported', onUnsupported, `one of ${ON_UNSUPPORTED.join(', ')}`) ?? NO_LIMITS.onUnsupported,
  }
}

const text = (pattern: RegExp) => (value: unknown) =>
  typeof value === 'string' && pattern.test(value) ? value : undefined

const onUnsupported = (value: unknown) => ON_UNSUPPORTED.find((known) => known === value)
const isScope = (value: unknown): value is Scope => SCOPES.some((scope) => scope === value)
const isModel = (value: unknown): value is string => typeof value === 'string' && MODEL.test(value)

function list<T>(isMember: (value: unknown) => value is T): (value: unknown) => readonly T[] | undefined {
  return (value) =>
    Array.isArray(value) && value.length > 0 && value.length <= 100 && value.every(isMember)
      ? value
      : undefined
}

function count(value: unknown): number | undefined {
  return Number.isInteger(value) && Number(value) >= 1 && Number(value) <= MAX_COUNT
    ? Number(value)
    : undefined
}

function dollars(value: unknown): number | undefined {
  return typeof value === 'number' || typeof value === 'string'
    ? (parseUsd(String(value)) ?? undefined)
    : undefined
}

const timeAfter = (now: number) => (value: unknown) => {
  const found = time(value)
  return found === undefined || found <= now ? undefined : found
}

function time(value: unknown): number | undefined {
  if (typeof value !== 'string' || !/^\d{4}-\d{2}-\d{2}(?:T.+)?$/u.test(value)) return undefined
  const parsed = Date.parse(value)
  return Number.isNaN(parsed) ? undefined : parsed
}
