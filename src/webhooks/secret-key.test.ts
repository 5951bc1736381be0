import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import type { TestContext } from 'node:test'
import { loadSecretKey } from './secret-key.ts'

function folder(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'afterimage-key-'))
  t.after(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

void describe('secret key file', () => {
  void test('is made once for its owner only, also by several that start together', async (t) => {
    const directory = folder(t)
    const keys = await Promise.all(Array.from({ length: 8 }, () => loadSecretKey(directory)))
    assert.equal(new Set(keys).size, 1)
    assert.match(keys[0] ?? '', /^[\w-]{43}$/u)
    assert.deepEqual(readdirSync(directory), ['secret.key'], 'no draft is left')
    const file = join(directory, 'secret.key')
    if (process.platform !== 'win32') assert.equal(statSync(file).mode & 0o777, 0o600)
    assert.equal(readFileSync(file, 'utf8').trim(), keys[0])
    assert.equal(await loadSecretKey(directory), keys[0])
  })

  void test('that is empty, short or unreadable is refused and left as it is', async (t) => {
    const directory = folder(t)
    for (const text of ['', 'short']) {
      writeFileSync(join(directory, 'secret.key'), text)
      await assert.rejects(loadSecretKey(directory), { code: 'unavailable', message: /backup/u })
      assert.equal(readFileSync(join(directory, 'secret.key'), 'utf8'), text)
    }
    await assert.rejects(loadSecretKey(join(directory, 'missing')), {
      code: 'unavailable',
      message: /secret\.key: .*\(ENOENT\)/u,
    })
  })
})
