import type { ErrorDetails } from './errors.ts'
import {
  AuthenticationError,
  InvalidRequestError,
  KreaAPIError,
  NotFoundError,
  RateLimitError,
  ServerError,
} from './errors.ts'
import type { Issue } from './types.ts'

type Fields = Readonly<Record<string, unknown>>

/** The error for an answer that is not 2xx: class by status, message and issues from whatever the body holds. */
export function readError(answer: { status: number; headers: Headers; body: unknown }): KreaAPIError {
  const { status, headers, body } = answer
  const fields = isFields(body) ? body : {}
  const issues = readIssues(fields)
  const details: ErrorDetails = {
    status,
    body,
    code: firstText(fields['code'], nested(fields['error'], 'code')),
    issues,
    requestId: firstText(headers.get('x-request-id'), fields['request_id']),
    retryAfterMs: readRetryAfter(headers.get('retry-after'), Date.now()),
  }
  const ErrorClass = errorClass(status)
  return new ErrorClass(composeMessage(status, body, issues), details)
}

/**
 * Retry-After as milliseconds from `now`: whole seconds or an HTTP date; null when absent or unreadable.
 */
export function readRetryAfter(value: string | null, now: number): number | null {
  if (value === null || value.trim() === '') return null
  const seconds = Number(value)
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000)
  const date = Date.parse(value)
  return Number.isNaN(date) ? null : Math.max(0, date - now)
}

function errorClass(status: number): typeof KreaAPIError {
  if (status === 401 || status === 403) return AuthenticationError
  if (status === 404) return NotFoundError
  if (status === 429) return RateLimitError
  if (status >= 500) return ServerError
  return [400, 413, 415, 422].includes(status) ? InvalidRequestError : KreaAPIError
}

/** Afterimage puts one sentence into `error`; other servers use objects, `message` or `detail`. */
function composeMessage(status: number, body: unknown, issues: readonly Issue[]): string {
  const fields = isFields(body) ? body : {}
  const text = firstText(
    fields['error'],
    nested(fields['error'], 'message'),
    fields['message'],
    fields['detail'],
  )
  const missing = issues.filter((issue) => text?.includes(issue.message) !== true)
  const lines = missing.map((issue) =>
    issue.path === '' ? issue.message : `${issue.path}: ${issue.message}`,
  )
  const head =
    text ??
    (lines.length > 0 ? 'The request is not valid.' : `${status} without a JSON error${proxyHint(body)}`)
  return [head, ...lines].join('\n')
}

/** A page in HTML comes from a proxy in front of the server, or from another server altogether. */
function proxyHint(body: unknown): string {
  if (typeof body !== 'string' || body.trim() === '') return ''
  return body.trimStart().startsWith('<')
    ? ' (an HTML page; is the base URL right?)'
    : `: ${body.slice(0, 200)}`
}

/** The names under which servers of this kind list their faults. */
const ISSUE_LISTS = ['issues', 'errors', 'details', 'detail', 'validationErrors', 'validation_errors']

function readIssues(fields: Fields): Issue[] {
  const list = ISSUE_LISTS.map((name) => fields[name]).find(Array.isArray) as readonly unknown[] | undefined
  return (list ?? []).filter(isFields).map((issue) => ({
    path: readPath(issue['path'] ?? issue['loc'] ?? issue['field']),
    message: firstText(issue['message'], issue['msg'], issue['error'], issue['type']) ?? 'not valid',
    code: firstText(issue['code']),
  }))
}

function readPath(value: unknown): string {
  return Array.isArray(value) ? value.join('.') : (firstText(value) ?? '')
}

function nested(value: unknown, name: string): unknown {
  return isFields(value) ? value[name] : null
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function firstText(...candidates: readonly unknown[]): string | null {
  return candidates.find((value): value is string => typeof value === 'string' && value !== '') ?? null
}
