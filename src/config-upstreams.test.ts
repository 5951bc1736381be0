import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { readConfig } from './config.ts'

void describe('engines elsewhere', () => {
  void test('keys keep their vendors’ names, and an empty one is none', () => {
    const { upstreams, warnings } = readConfig({
      OPENAI_API_KEY: ' sk-1 ',
      GEMINI_API_KEY: '',
      AFTERIMAGE_KREA_API_KEY: 'a:b',
      AFTERIMAGE_OPENAI_BASE_URL: 'http://127.0.0.1:9/v1',
    })
    assert.equal(upstreams.openai.secret(), 'sk-1')
    assert.equal(upstreams.openai.origin, 'http://127.0.0.1:9/v1')
    assert.equal(upstreams.google.secret(), null)
    assert.equal(upstreams.krea.secret(), 'a:b')
    assert.deepEqual([upstreams.fal.secret(), upstreams.fal.origin], [null, null])
    assert.deepEqual(warnings, [], 'none of these names is a mistake')
  })

  void test("the client's own variable is never taken for the key of a server", () => {
    assert.equal(readConfig({ KREA_API_KEY: 'mine' }).upstreams.krea.secret(), null)
  })

  void test('a key in a file is read at each use, so that it may come, change and go', () => {
    const directory = mkdtempSync(join(tmpdir(), 'afterimage-keys-'))
    const file = join(directory, 'key')
    const { secret } = readConfig({ FAL_KEY_FILE: file }).upstreams.fal
    assert.equal(secret(), null)
    writeFileSync(file, 'first\n')
    assert.equal(secret(), 'first')
    writeFileSync(file, 'second')
    assert.equal(secret(), 'second')
    rmSync(directory, { recursive: true })
    assert.equal(secret(), null)
  })

  void test('a key with characters that no key has is none, and the fault does not repeat it', () => {
    const directory = mkdtempSync(join(tmpdir(), 'afterimage-keys-'))
    const file = join(directory, 'key')
    const why = 'holds a line break or other characters that no key has'
    try {
      for (const secret of ['hush-1\nhush-2', 'hush hush', 'hush-ключ', 'hush\u0000', '“hush”']) {
        writeFileSync(file, `${secret}\n`)
        const { fal, openai } = readConfig({ FAL_KEY_FILE: file, OPENAI_API_KEY: secret }).upstreams
        assert.deepEqual([fal.secret(), openai.secret()], [null, null], secret)
        const none = { source: null, secret: null }
        assert.deepEqual(openai.key(), { ...none, fault: `OPENAI_API_KEY ${why}` })
        assert.deepEqual(fal.key(), { ...none, fault: `the file that FAL_KEY_FILE names ${why}` })
      }
      writeFileSync(file, '\uFEFFhush-1\r\n')
      assert.equal(readConfig({ FAL_KEY_FILE: file }).upstreams.fal.secret(), 'hush-1')
    } finally {
      rmSync(directory, { recursive: true })
    }
  })

  void test('an address that is none is a fault of the settings, named beside the others', () => {
    assert.throws(
      () => readConfig({ AFTERIMAGE_BFL_BASE_URL: 'ftp://x', AFTERIMAGE_PORT: 'many' }),
      /AFTERIMAGE_PORT: .*\n.*AFTERIMAGE_BFL_BASE_URL: found "ftp:\/\/x"; expected an http/u,
    )
  })

  void test('a password in an address is not repeated in the message', () => {
    assert.throws(
      () => readConfig({ AFTERIMAGE_FAL_BASE_URL: 'http://me:hunter2@proxy' }),
      (error: Error) => /AFTERIMAGE_FAL_BASE_URL/u.test(error.message) && !error.message.includes('hunter2'),
    )
  })
})
