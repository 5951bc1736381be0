import assert from 'node:assert/strict'
import { test } from 'node:test'
import { redact, toWord } from './redact.ts'

void test('known texts, keys, tokens and encoded bytes are cut out', () => {
  const text = redact(
    'Key hunter2x wrong, sk-proj-abcdef123456 too; Bearer abc.def; data:image/png;base64,iVBORw0KGgo= ' +
      `and ${'A'.repeat(60)} in "my secret idea"`,
    ['hunter2x', 'my secret idea'],
  )
  assert.equal(text, 'Key … wrong, … too; … … and … in "…"')
})

void test('the useful rest survives, on one line, cut at 300 characters', () => {
  assert.equal(redact('Invalid size\n 17x17', ['a']), 'Invalid size 17x17')
  assert.equal(redact('no '.repeat(500), []).length, 300)
})

void test('only machine words pass as codes', () => {
  assert.equal(toWord('moderation_blocked'), 'moderation_blocked')
  assert.equal(toWord('image[0].data'), 'image[0].data')
  for (const value of ['free text', '', 'x'.repeat(65), 42, null, undefined])
    assert.equal(toWord(value), null)
})
