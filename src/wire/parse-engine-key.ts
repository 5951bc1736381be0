import { KEY_CHARACTERS } from '../core/engine-keys.ts'
import { AfterimageError, fieldError } from '../core/errors.ts'

const MIN_LENGTH = 8
/** The longest known ones have some 200 characters. */
const MAX_LENGTH = 1024
const EXPECTED = `expected ${MIN_LENGTH} to ${MAX_LENGTH} visible ASCII characters without spaces`

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
  if (KEY_CHARACTERS.test(key) && key.length >= MIN_LENGTH && key.length <= MAX_LENGTH) return key
  throw fieldError('invalid_request', { path: 'key', message: EXPECTED })
}
