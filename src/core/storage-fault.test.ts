import assert from 'node:assert/strict'
import { test } from 'node:test'
import { toStorageFault } from './storage-fault.ts'

const systemError = (code: string): Error => Object.assign(new Error(`${code}: /secret/path`), { code })

void test('a full disk is storage_full, one out of order unavailable, and neither tells a path', () => {
  for (const [code, expected] of [
    ['ENOSPC', 'storage_full'],
    ['EDQUOT', 'storage_full'],
    ['EIO', 'unavailable'],
    ['EROFS', 'unavailable'],
  ] as const) {
    const cause = systemError(code)
    const fault = toStorageFault(cause)
    assert.ok(fault instanceof Error && 'code' in fault)
    assert.equal(fault.code, expected)
    assert.equal(fault.cause, cause)
    assert.doesNotMatch(fault.message, /secret/u)
  }
})

void test('everything else stays what it is', () => {
  for (const thrown of [systemError('ENOENT'), new Error('x'), 'text', null])
    assert.equal(toStorageFault(thrown), thrown)
})
