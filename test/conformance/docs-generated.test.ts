/** The generated pages of docs/reference say what the code says. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { generatePages } from '../../scripts/generate.ts'

void describe('generated reference', () => {
  for (const [path, text] of Object.entries(generatePages()))
    void test(`${path} is up to date`, () => {
      const found = readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')
      assert.ok(found === text, `${path} is stale: run "npm run gen" and commit the page`)
    })

  void test('holds no value that is missing', () => {
    for (const [path, text] of Object.entries(generatePages()))
      assert.doesNotMatch(text, /undefined|\[object |NaN/u, path)
  })
})
