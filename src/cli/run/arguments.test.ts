import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { readWords } from './arguments.ts'

void describe('words of the command line', () => {
  const folder = mkdtempSync(join(tmpdir(), 'afterimage-words-'))
  const at = (name: string): string => join(folder, name)
  before(() => {
    mkdirSync(at('nested.jpg'))
    for (const name of ['a.jpg', 'b.jpg', 'notes.txt', 'odd[1].jpg']) writeFileSync(at(name), name)
  })
  after(() => rmSync(folder, { recursive: true }))

  void test('the last word is the instruction, the others are files', async () => {
    assert.deepEqual(await readWords([at('a.jpg'), at('b.jpg'), ' make it warmer ']), {
      files: [at('a.jpg'), at('b.jpg')],
      instruction: 'make it warmer',
    })
  })

  void test('without an instruction all words are files, also with brackets in the name', async () => {
    assert.deepEqual(await readWords([at('a.jpg'), at('odd[1].jpg')]), {
      files: [at('a.jpg'), at('odd[1].jpg')],
      instruction: null,
    })
  })

  void test('a pattern finds files only, sorted, and no file counts twice', async () => {
    const { files } = await readWords([at('b.jpg'), at('*.jpg'), 'sepia'])
    assert.deepEqual(files, [at('b.jpg'), at('a.jpg'), at('odd[1].jpg')])
  })

  void test('what cannot be found is told before anything runs', async () => {
    const cases: [words: string[], pattern: RegExp][] = [
      [[at('missing.jpg'), 'sepia'], /missing\.jpg" does not exist/u],
      // A mistyped file in the last place is no instruction.
      [[at('a.jpg'), at('missing.jpg')], /missing\.jpg" does not exist/u],
      [[at('*.png'), 'sepia'], /\*\.png" matches no file/u],
      [[folder, 'sepia'], /is a folder; name the files in it, for example ".*\/\*\.jpg"/u],
    ]
    for (const [words, message] of cases)
      await assert.rejects(readWords(words), { code: 'invalid_request', message })
  })
})
