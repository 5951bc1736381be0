import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseVerdict } from './verdict.ts'

const reasonOf = (reason: string): string | null =>
  parseVerdict(JSON.stringify({ allowed: false, reason })).reason

void test('a reason is one line of whole characters, however it is cut', () => {
  assert.equal(reasonOf(' no\n\u2028knives '), 'no knives')
  assert.equal(reasonOf(' \n '), null)
  const long = reasonOf(`${'a'.repeat(299)}🙂🙂`)
  assert.equal(long, `${'a'.repeat(299)}🙂`)
  assert.equal(reasonOf('half \ud83d of one'), 'half \ufffd of one')
})
