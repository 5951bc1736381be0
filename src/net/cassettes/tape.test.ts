import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { describe, test } from 'node:test'
import { createTape } from './tape.ts'

const POLL = { method: 'GET', path: '/v1/get_result?id=1', body: null }
const answer = (text: string) => ({ status: 200, headers: {}, text })

function useFolder(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'afterimage-tape-'))
  context.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

void describe('a tape', () => {
  void test('plays answers in their order, and the last for ever', (context) => {
    const folder = useFolder(context)
    const tape = createTape(folder)
    for (const text of ['queued', 'running', 'done']) tape.add(POLL, answer(text))
    const played = createTape(folder)
    const heard = Array.from({ length: 5 }, () => played.next(POLL)?.text)
    assert.deepEqual(heard, ['queued', 'running', 'done', 'done', 'done'])
  })

  void test('a second recording replaces the first', (context) => {
    const folder = useFolder(context)
    createTape(folder).add(POLL, answer('old'))
    createTape(folder).add(POLL, answer('new'))
    assert.equal(createTape(folder).next(POLL)?.text, 'new')
    assert.equal(readdirSync(folder).length, 1, 'and leaves no draft behind')
  })

  void test('tells requests apart by method, path and body; what is not there is null', (context) => {
    const tape = createTape(useFolder(context))
    tape.add(POLL, answer('x'))
    for (const other of [
      { ...POLL, method: 'POST' },
      { ...POLL, path: '/v1/get_result?id=2' },
      { ...POLL, body: {} },
    ])
      assert.equal(tape.next(other), null)
    assert.match(tape.fileOf(POLL), /get-v1-get-result-[\da-f]{16}\.json$/u)
  })

  void test('keeps bytes by their content, and reads nothing outside its folder', (context) => {
    const tape = createTape(useFolder(context))
    const png = Buffer.from('89504e470d0a1a0a', 'hex')
    const name = tape.keep(png)
    assert.match(name, /\.png$/u)
    assert.equal(tape.keep(png), name)
    assert.deepEqual(tape.read(name), png)
    assert.throws(() => tape.read('../secret'), /cannot be played/u)
    assert.throws(() => tape.read('gone.png'), /cannot be read; record it again/u)
  })

  void test('a file that is no exchange is an error that names it', (context) => {
    const folder = useFolder(context)
    const tape = createTape(folder)
    for (const text of [
      '{',
      '{}',
      '{"request": {"method": "GET", "path": "/", "body": null}, "answers": []}',
    ]) {
      writeFileSync(tape.fileOf(POLL), text)
      assert.throws(() => createTape(folder).next(POLL), { code: 'engine_not_configured' })
    }
  })
})
