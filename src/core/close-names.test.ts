import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { closeNames } from './close-names.ts'

const MODELS = ['google/nano-banana', 'google/nano-banana-pro', 'bfl/flux-1-dev']

void describe('closeNames', () => {
  void test('nearest first, whatever the case', () => {
    assert.deepEqual(closeNames('Google/Nanobanana-Pro', MODELS), [
      'google/nano-banana-pro',
      'google/nano-banana',
    ])
  })

  void test('nothing resembles a wild guess, an empty name or a long text', () => {
    assert.deepEqual(closeNames('something-else', MODELS), [])
    assert.deepEqual(closeNames('', MODELS), [])
    assert.deepEqual(closeNames('google/nano-banana'.repeat(10), MODELS), [])
  })

  void test('never more than the limit', () => {
    assert.equal(closeNames('ab', ['ab', 'abc', 'abd', 'abe'], 2).length, 2)
  })
})
