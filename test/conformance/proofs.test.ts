/** The page of proofs names every chaos suite, so that none is forgotten; that its links lead somewhere is docs.test.ts. */
import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

void test('docs/operate/proofs.md has a row for every test under fire', () => {
  const page = readFileSync(`${ROOT}/docs/operate/proofs.md`, 'utf8')
  const suites = globSync('test/chaos/*.test.ts', { cwd: ROOT }).map((path) => path.replaceAll('\\', '/'))
  assert.ok(suites.length > 4)
  assert.deepEqual(
    suites.filter((path) => !page.includes(`(../../${path})`)),
    [],
  )
})
