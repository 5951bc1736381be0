import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isAfterimageError } from '../core/errors.ts'
import type { CompatMode } from '../wire/types.ts'
import { refuseUnknownHeaders } from './unknown-headers.ts'

function refusal(name: string, mode: CompatMode = 'aliases'): string | null {
  try {
    refuseUnknownHeaders({ headers: { [name]: 'x', accept: '*/*', 'x-other': '1' } }, mode)
    return null
  } catch (error) {
    assert.ok(isAfterimageError(error) && error.code === 'invalid_request')
    return error.message
  }
}

void test('a misspelt header is refused with those that there are and the closest', () => {
  assert.equal(
    refusal('x-afterimage-cahce'),
    'x-afterimage-cahce: no header of this server; allowed: X-Afterimage-Cache, X-Afterimage-Dedupe, ' +
      'X-Afterimage-Engine; did you mean X-Afterimage-Cache?',
  )
  assert.match(refusal('x-afterimage-dedup', 'strict') ?? '', /did you mean X-Afterimage-Dedupe\?$/u)
  assert.match(refusal('x-afterimage-colour') ?? '', /X-Afterimage-Engine\.$/u)
  assert.ok((refusal(`x-afterimage-${'a'.repeat(5000)}`) ?? '').length < 200)
})

void test('the known ones, those of others, and anything on a lenient server pass', () => {
  for (const name of ['x-afterimage-cache', 'x-afterimage-dedupe', 'x-afterimage-engine', 'x-after', 'host'])
    assert.equal(refusal(name), null, name)
  assert.equal(refusal('x-afterimage-cahce', 'lenient'), null)
})
