import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { isAfterimageError } from '../core/errors.ts'
import { parseJsonBody } from './json-body.ts'

const codeOf = (text: string | Buffer): string => {
  try {
    parseJsonBody(Buffer.from(text))
  } catch (error) {
    return isAfterimageError(error) ? error.code : 'foreign'
  }
  return 'accepted'
}

const issuesOf = (text: string): unknown => {
  try {
    parseJsonBody(Buffer.from(text))
  } catch (error) {
    return isAfterimageError(error) && error.issues.map(({ path, code }) => [path, code])
  }
  return 'accepted'
}

void describe('parseJsonBody', () => {
  void test('a refusal names the member at fault, or the body itself, and nothing of the caller', () => {
    assert.deepEqual(issuesOf('{"sk-1":[1,{"__proto__":{}}]}'), [['__proto__', 'invalid_request']])
    assert.deepEqual(issuesOf(`{"sk-1":${'['.repeat(40)}${']'.repeat(40)}}`), [['', 'invalid_request']])
    assert.deepEqual(issuesOf(`[${'0,'.repeat(20_001)}0]`), [['', 'invalid_request']])
  })

  void test('values, an empty body, a byte order mark', () => {
    assert.deepEqual(parseJsonBody(Buffer.from('{"a":[1,{"b":"ü"}]}')), { a: [1, { b: 'ü' }] })
    assert.equal(parseJsonBody(Buffer.alloc(0)), undefined)
    assert.deepEqual(parseJsonBody(Buffer.from('\u{feff}{}')), {})
    assert.deepEqual(parseJsonBody(Buffer.from('{"a":1,"a":2}')), { a: 2 })
  })

  void test('what is no JSON is refused without quoting it', () => {
    for (const text of ['{', '{"a":1}}', "{'a':1}", 'NaN', '\u0000', '   '])
      assert.equal(codeOf(text), 'malformed_json', text)
    assert.throws(
      () => parseJsonBody(Buffer.from('{"prompt": "my secret" oops}')),
      (error) =>
        error instanceof Error && !error.message.includes('secret') && /character 23/u.test(error.message),
    )
  })

  void test('bad UTF-8 is refused', () => {
    assert.equal(codeOf(Buffer.from([0x22, 0xc3, 0x28, 0x22])), 'malformed_json')
  })

  void test('20,000 commas pass, one more does not, and is not parsed first', () => {
    assert.equal(codeOf(`[${'0,'.repeat(20_000)}0]`), 'accepted')
    assert.equal(codeOf(`[${'0,'.repeat(20_001)}0]`), 'invalid_request')
    assert.equal(codeOf(`{"a":"${','.repeat(20_001)}`), 'invalid_request')
  })

  void test('depth: 32 levels pass, one more or a million do not', () => {
    assert.equal(codeOf('['.repeat(32) + ']'.repeat(32)), 'accepted')
    assert.equal(codeOf('['.repeat(33) + ']'.repeat(33)), 'invalid_request')
    assert.equal(codeOf('['.repeat(1_000_000) + ']'.repeat(1_000_000)), 'invalid_request')
  })

  void test('levels beyond any use are not parsed first: ten million took 650 MB', () => {
    // Neither is valid JSON, which the parser would say.
    assert.equal(codeOf('['.repeat(20_001)), 'invalid_request')
    assert.equal(codeOf('{"a":'.repeat(20_001)), 'invalid_request')
    assert.equal(codeOf('['.repeat(20_000)), 'malformed_json')
  })

  void test('a __proto__ member is refused wherever it stands', () => {
    assert.equal(codeOf('{"a":[{"__proto__":{"admin":true}}]}'), 'invalid_request')
    assert.equal(codeOf('{"constructor":{"prototype":1}}'), 'accepted')
  })
})
