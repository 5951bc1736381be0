import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { parseRange } from './byte-range.ts'

void describe('parseRange', () => {
  void test('from, from and to, the last bytes; cut to the file', () => {
    assert.deepEqual(parseRange('bytes=2-', 10), { start: 2, end: 9 })
    assert.deepEqual(parseRange('bytes=2-4', 10), { start: 2, end: 4 })
    assert.deepEqual(parseRange('bytes=2-400', 10), { start: 2, end: 9 })
    assert.deepEqual(parseRange('bytes=-3', 10), { start: 7, end: 9 })
    assert.deepEqual(parseRange('bytes=-300', 10), { start: 0, end: 9 })
    assert.deepEqual(parseRange('bytes=0-0', 10), { start: 0, end: 0 })
  })

  void test('what makes no sense, several ranges and other units mean the whole file', () => {
    for (const header of [
      undefined,
      '',
      'bytes=',
      'bytes=-',
      'bytes=4-2',
      'bytes=0-1,3-4',
      'lines=1-2',
      'bytes=a-b',
    ])
      assert.equal(parseRange(header, 10), null, header)
  })

  void test('outside the file is refused', () => {
    for (const header of ['bytes=10-', 'bytes=10-12', 'bytes=-0'])
      assert.throws(() => parseRange(header, 10), { code: 'range_not_satisfiable' }, header)
  })
})
