import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { describe, test } from 'node:test'
import { parseImageSource } from './image-source.ts'

const MAX = 100_000
const picture = randomBytes(300)
const base64 = picture.toString('base64')

function bytesOf(value: string): Buffer {
  const parsed = parseImageSource(value, MAX)
  assert.equal(parsed.kind, 'bytes')
  return parsed.kind === 'bytes' ? Buffer.from(parsed.bytes) : Buffer.alloc(0)
}

void describe('parseImageSource', () => {
  void test('http and https URLs are left alone, in any case and with white space around', () => {
    for (const url of ['https://a.test/x.png?y=1', 'HTTP://a.test', ' https://a.test/x\n'])
      assert.deepEqual(parseImageSource(url, MAX), { kind: 'url', url: url.trim() })
  })

  void test('data URIs decode with any or no declared type', () => {
    const percent = [...picture].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')
    const spellings = [
      `data:image/png;base64,${base64}`,
      `data:;base64,${base64}`,
      `DATA:text/html; charset=utf-8 ;BASE64,${base64}`,
      `data:image/png;base64,${encodeURIComponent(base64)}`,
      `data:image/png,${percent}`,
      `data:,${percent.toUpperCase()}`,
    ]
    for (const spelling of spellings) assert.deepEqual(bytesOf(spelling), picture, spelling.slice(0, 40))
  })

  void test('a percent sign that is no escape stays, as in browsers', () => {
    assert.equal(bytesOf('data:,100%25%2525%zz%4').toString(), '100%%25%zz%4')
  })

  void test('raw base64 needs no prefix', () => {
    assert.deepEqual(bytesOf(base64), picture)
    assert.deepEqual(bytesOf(`\n${base64.replaceAll('=', '')}`), picture)
  })

  void test('what is none of these is refused in words, and no more of it is shown', () => {
    const cases: readonly [value: string, code: string, message: RegExp][] = [
      ['', 'input_unreadable', /empty string/u],
      ['photo.jpg', 'input_unreadable', /9 characters that is neither a URL nor base64/u],
      ['cat', 'input_unreadable', /neither a URL nor base64/u],
      ['//evil.test/x.png', 'input_unreadable', /neither a URL nor base64/u],
      [String.raw`C:\photos\cat.jpg`, 'input_unreadable', /a path on a computer/u],
      ['file:///etc/passwd', 'input_forbidden', /"file:" addresses are not fetched/u],
      ['javascript:alert(1)', 'input_forbidden', /"javascript:"/u],
      ['blob:https://a.test/1', 'input_forbidden', /"blob:"/u],
      ['data:image/png;base64', 'input_unreadable', /no comma/u],
      [`data:image/png;base64,${base64.slice(0, 50)}!`, 'input_unreadable', /character 51 is "!"/u],
      [`${'A'.repeat(3000)}!`, 'input_unreadable', /character 3001 is "!"/u],
      [`data:,${'a'.repeat(MAX + 1)}`, 'input_too_large', /at most 100000/u],
      ['A'.repeat(MAX * 2), 'input_too_large', /found 150000 bytes/u],
    ]
    for (const [value, code, message] of cases)
      assert.throws(
        () => parseImageSource(value, MAX),
        { name: 'AfterimageError', code, message },
        value.slice(0, 40),
      )
  })
})
