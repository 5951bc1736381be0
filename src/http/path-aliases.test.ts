import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { dropVersionPrefix, resolveModelAlias } from './path-aliases.ts'

void describe('path aliases', () => {
  void test('what clients say becomes what the document says', () => {
    assert.equal(resolveModelAlias('bfl/flux'), 'bfl/flux-1-dev')
    assert.equal(resolveModelAlias('krea/nano-banana-pro'), 'google/nano-banana-pro')
    assert.equal(resolveModelAlias('nano-banana/nano-banana'), 'google/nano-banana')
  })

  void test('every other id stays, also names of object members', () => {
    for (const id of ['google/nano-banana', 'krea/krea-2/medium', 'constructor', '__proto__'])
      assert.equal(resolveModelAlias(id), id)
  })

  void test('/v1 goes only where a path follows', () => {
    assert.equal(dropVersionPrefix('/v1/jobs?limit=1'), '/jobs?limit=1')
    assert.equal(dropVersionPrefix('/v1x/jobs'), '/v1x/jobs')
    assert.equal(dropVersionPrefix('/jobs'), '/jobs')
  })
})
