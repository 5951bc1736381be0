import { AfterimageError, fieldError } from '../core/errors.ts'

/** It travels in a header, so there is nothing else in it; the longest known ones have some 200 characters. */
const KEY = /^[\x21-\x7e]{8,1024}$/u
const EXPECTED = 'expected 8 to 1024 visible ASCII characters without spaces'

/**
 * The key in `{"key": "…"}`, without the space around it that comes with pasting.
 * @throws AfterimageError `invalid_request` that does not repeat what was found
 */
export function parseEngineKey(body: unknown): string {
  const given = (typeof body === 'object' && body !== null ? body : {}) as Readonly<Record<string, unknown>>
  const unknown = Object.keys(given).filter((name) => name !== 'key')
  if (unknown.length > 0) {
    const message = 'is not known; allowed: key'
    // A key that was sent as the name of a member must not come back in the answer.
    const issues = unknown.map(() => ({
      path: 'body',
      message: `a member ${message}`,
      code: 'unknown_field',
    }))
    throw new AfterimageError('invalid_request', `body: a member ${message}.`, { issues })
  }
  return checkEngineKey(given['key'])
}

/** @throws AfterimageError `invalid_request` that does not repeat what was found */
export function checkEngineKey(value: unknown): string {
  const key = typeof value === 'string' ? value.trim() : ''
  if (KEY.test(key)) return key
  throw fieldError('invalid_request', { path: 'key', message: EXPECTED })
}
