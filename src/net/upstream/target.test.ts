import assert from 'node:assert/strict'
import { test } from 'node:test'
import { resolveTarget } from './target.ts'

const TRUSTED = { vendor: 'Bfl', origin: 'https://api.bfl.ai/v1/', trustedSuffixes: ['.bfl.ai'] }

void test('paths lie below the configured address', () => {
  assert.equal(resolveTarget('/flux', TRUSTED).href, 'https://api.bfl.ai/v1/flux')
  assert.equal(
    resolveTarget('https://api.bfl.ai/v1/get_result?id=1', TRUSTED).href,
    'https://api.bfl.ai/v1/get_result?id=1',
  )
})

void test("other hosts of the vendor over https only, everybody else's never", () => {
  assert.equal(resolveTarget('https://api.eu2.bfl.ai/r', TRUSTED).host, 'api.eu2.bfl.ai')
  for (const address of [
    'http://api.eu2.bfl.ai/r',
    'https://evilbfl.ai/r',
    'https://bfl.ai.evil.example/r',
    'https://api.bfl.ai@evil.example/r',
    'https://user@api.bfl.ai/r',
    'file:///etc/passwd',
    'relative',
    '',
  ])
    assert.throws(() => resolveTarget(address, TRUSTED), { code: 'engine_failed' }, address)
})

void test('a path cannot lead to another host', () => {
  assert.equal(resolveTarget('//evil.example/x', TRUSTED).host, 'api.bfl.ai')
  assert.throws(() => resolveTarget('@evil.example', TRUSTED), { code: 'engine_failed' })
})
