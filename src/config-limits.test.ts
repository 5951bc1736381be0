import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { readConfig } from './config.ts'

void describe('limits of engines', () => {
  void test('every engine elsewhere or at home has some', () => {
    const { engineLimits, upstreams, warnings } = readConfig({})
    for (const id of [...Object.keys(upstreams), 'comfyui', 'sdcpp', 'a1111', 'openai-compatible'])
      assert.ok((engineLimits[id]?.concurrency ?? 0) > 0, id)
    assert.deepEqual(engineLimits['bfl'], { concurrency: 24, timeoutSeconds: null })
    assert.deepEqual(engineLimits['comfyui'], { concurrency: 1, timeoutSeconds: 3600 })
    assert.deepEqual(warnings, [])
  })

  void test('each can be set, and is no unknown name', () => {
    const { engineLimits, warnings } = readConfig({
      AFTERIMAGE_BFL_CONCURRENCY: '6',
      AFTERIMAGE_OPENAI_COMPATIBLE_TIMEOUT_SECONDS: '60',
    })
    assert.equal(engineLimits['bfl']?.concurrency, 6)
    assert.equal(engineLimits['openai-compatible']?.timeoutSeconds, 60)
    assert.deepEqual(warnings, [])
  })

  void test('what is no such number is a fault that names the setting', () => {
    for (const text of ['0', '1001', '-1', '2.5', 'many'])
      assert.throws(() => readConfig({ AFTERIMAGE_FAL_CONCURRENCY: text }), {
        message: /AFTERIMAGE_FAL_CONCURRENCY: found ".*"; expected a whole number of jobs from 1 to 1000/u,
      })
  })
})
