import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { fingerprintOf } from './idempotency.ts'

void describe('fingerprintOf', () => {
  void test('does not depend on the order of members, but on that of a list', () => {
    assert.equal(
      fingerprintOf({ a: 1, b: { c: [1, 2], d: null } }),
      fingerprintOf({ b: { d: null, c: [1, 2] }, a: 1 }),
    )
    assert.notEqual(fingerprintOf([1, 2]), fingerprintOf([2, 1]))
  })

  void test('values that look alike are different requests', () => {
    const values = [
      1,
      '1',
      true,
      'true',
      null,
      'null',
      [],
      {},
      '',
      [''],
      { a: 'b' },
      { a: ['b'] },
      ['a', 'b'],
      ['ab'],
      '1;',
      [1, 2],
      [12],
    ]
    assert.equal(new Set(values.map((value) => fingerprintOf(value))).size, values.length)
    assert.notEqual(fingerprintOf('a', 'b'), fingerprintOf('ab'))
    assert.notEqual(fingerprintOf({ a: 1 }), fingerprintOf({ a: 1, b: null }))
  })
})
