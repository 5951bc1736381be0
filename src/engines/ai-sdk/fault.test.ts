import assert from 'node:assert/strict'
import { test } from 'node:test'
import { mayFallBack, upstreamFaultOf } from '../../core/upstream-fault.ts'
import { faultOfThrown } from './fault.ts'

void test('a refused key was surely not paid; 403 may be what the address of a paid result says', () => {
  for (const [statusCode, charged, isCarriedOn] of [
    [401, 'no', true],
    [402, 'no', true],
    [403, 'maybe', false],
    [429, 'maybe', false],
    [503, 'maybe', false],
  ] as const) {
    const thrown = Object.assign(new Error('No.'), { name: 'AI_APICallError', statusCode })
    const error = faultOfThrown(thrown, { engine: 'own', prompt: null, isAborted: false })
    const fault = upstreamFaultOf(error) ?? assert.fail()
    assert.deepEqual([fault.charged, mayFallBack(fault)], [charged, isCarriedOn], String(statusCode))
  }
})
