import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { AfterimageError, ERROR_CODES, fieldError, isAfterimageError, toAfterimageError } from './errors.ts'
import type { UpstreamFaultKind } from './upstream-fault.ts'
import { unanswered, upstreamError } from './upstream-fault.ts'

/** Every kind, or it does not compile. */
const KINDS = {
  invalid_input: true,
  refused: true,
  rate_limited: true,
  auth: true,
  quota: true,
  not_found: true,
  transient: true,
  timeout: true,
  cancelled: true,
  outcome_unknown: true,
  bad_response: true,
} satisfies Record<UpstreamFaultKind, true>
const DOCS = new URL('../../docs/reference/errors.md', import.meta.url)

test('every code is documented, and every documented code exists', () => {
  const documented = [...readFileSync(DOCS, 'utf8').matchAll(/^\| `(\w+)`\s*\|/gmu)].map((match) => match[1])
  assert.deepEqual(documented.toSorted(), Object.keys(ERROR_CODES).toSorted())
})

test('a foreign value becomes `internal` and keeps its cause', () => {
  const cause = new TypeError('boom')
  const error = toAfterimageError(cause)
  assert.equal(error.code, 'internal')
  assert.equal(error.status, 500)
  assert.equal(error.cause, cause)
  assert.doesNotMatch(error.message, /boom/u)
  assert.ok(!isAfterimageError(cause))
})

test('an own error passes through unchanged', () => {
  const error = new AfterimageError('queue_full', undefined, { retryAfterSeconds: 5 })
  assert.equal(toAfterimageError(error), error)
  assert.equal(error.retryAfterSeconds, 5)
  assert.ok(error.isRetryable)
})

test('a field error names the field in message and issue', () => {
  const error = fieldError('input_unreadable', { path: 'image_urls[0]', message: 'found HTML' })
  assert.equal(error.message, 'image_urls[0]: found HTML')
  assert.deepEqual(error.issues, [{ path: 'image_urls[0]', message: 'found HTML', code: 'input_unreadable' }])
})

test('the codes that engines give a failed job, and that an answer can have too, are explained for jobs', () => {
  const [, section = ''] = readFileSync(DOCS, 'utf8').split('## Codes of the upper part in a failed job')
  const inJobOnly = new Set(
    [...readFileSync(DOCS, 'utf8').matchAll(/^\| `(\w+)`\s*\| in the job/gmu)].map((match) => match[1]),
  )
  const codes = (Object.keys(KINDS) as UpstreamFaultKind[]).flatMap((kind) =>
    (['submit', 'follow'] as const).map(
      (call) => upstreamError(unanswered(kind, { call, charged: 'no' }), 'No.').code,
    ),
  )
  const explained = codes.filter((code) => !inJobOnly.has(code))
  assert.ok(explained.includes('unavailable'))
  for (const code of explained) assert.ok(section.includes(`\`${code}\``), code)
})
