import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readDashScopeAnswer, readDashScopeVerdict } from './answer.ts'

const answer = (status: number, json: unknown) => ({ status, headers: {}, text: '', json })
const kindOf = (status: number, code: string) =>
  readDashScopeVerdict(answer(status, { code, message: 'why', request_id: 'd0' }))?.kind

void test('codes over the status: refusals and empty accounts', () => {
  for (const code of ['DataInspectionFailed', 'data_inspection_failed', 'IPInfringementSuspect'])
    assert.equal(kindOf(400, code), 'refused', code)
  assert.equal(kindOf(400, 'Arrearage'), 'quota')
  assert.equal(kindOf(403, 'AllocationQuota.FreeTierOnly'), 'quota')
})

void test('the rest is left to the status, a passing throttle among it', () => {
  for (const [status, code] of [
    [400, 'InvalidParameter'],
    [401, 'InvalidApiKey'],
    [429, 'Throttling.RateQuota'],
    [429, 'Throttling.AllocationQuota'],
    [500, 'InternalError'],
  ] as const)
    assert.deepEqual(readDashScopeVerdict(answer(status, { code, message: 'why' })), { code, message: 'why' })
  assert.equal(readDashScopeVerdict(answer(502, '<html>')), null)
})

void test('images of all choices; words beside them are no image', () => {
  const choice = (...content: object[]) => ({
    finish_reason: 'stop',
    message: { role: 'assistant', content },
  })
  const output = {
    choices: [choice({ text: 'Here' }, { image: 'https://a/1' }), choice({ image: 'https://a/2' })],
  }
  const reading = readDashScopeAnswer(answer(200, { output }))
  assert.ok('images' in reading)
  assert.deepEqual(reading.images, [{ url: 'https://a/1' }, { url: 'https://a/2' }])
  assert.equal(reading.cost?.microUsd, null)
})

void test('a fault inside a success is read as one, but never as unpaid', () => {
  const reading = readDashScopeAnswer(answer(200, { code: 'DataInspectionFailed', message: 'why' }))
  assert.deepEqual('verdict' in reading && reading.verdict, {
    kind: 'refused',
    code: 'DataInspectionFailed',
    message: 'why',
    charged: 'maybe',
  })
  const other = readDashScopeAnswer(answer(200, { output: {} }))
  assert.equal('verdict' in other && other.verdict.kind, 'bad_response')
})
