import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { AfterimageError } from './errors.ts'
import type { UpstreamFault, UpstreamFaultKind } from './upstream-fault.ts'
import {
  mayFallBack,
  mayRepeatCall,
  maySubmitAgain,
  unanswered,
  upstreamError,
  upstreamFaultOf,
} from './upstream-fault.ts'

const KINDS: readonly UpstreamFaultKind[] = [
  'invalid_input',
  'refused',
  'rate_limited',
  'auth',
  'quota',
  'not_found',
  'transient',
  'timeout',
  'cancelled',
  'outcome_unknown',
  'bad_response',
]

function kindsWhere(allows: (fault: UpstreamFault) => boolean, scene: Parameters<typeof unanswered>[1]) {
  return KINDS.filter((kind) => allows(unanswered(kind, scene)))
}

void describe('upstream faults', () => {
  void test('only an unpaid submit may be made again or elsewhere', () => {
    const unpaid = { call: 'submit', charged: 'no' } as const
    assert.deepEqual(kindsWhere(maySubmitAgain, unpaid), ['rate_limited', 'transient'])
    assert.deepEqual(kindsWhere(mayFallBack, unpaid), [
      'rate_limited',
      'auth',
      'quota',
      'not_found',
      'transient',
    ])
    for (const charged of ['maybe', 'yes'] as const) {
      assert.deepEqual(kindsWhere(maySubmitAgain, { call: 'submit', charged }), [])
      assert.deepEqual(kindsWhere(mayFallBack, { call: 'submit', charged }), [])
    }
  })

  void test('a poll may be repeated, and never leads to another submit', () => {
    const poll = { call: 'follow', charged: 'maybe' } as const
    assert.deepEqual(kindsWhere(mayRepeatCall, poll), ['rate_limited', 'transient', 'timeout'])
    assert.deepEqual(kindsWhere(maySubmitAgain, { ...poll, charged: 'no' }), [])
    assert.deepEqual(kindsWhere(mayRepeatCall, { call: 'submit', charged: 'no' }), [])
  })

  void test('a fault that may have been paid never carries the code that invites a retry', () => {
    const code = (charged: UpstreamFault['charged']): string =>
      upstreamError(unanswered('transient', { call: 'submit', charged }), 'x').code
    assert.equal(code('no'), 'unavailable')
    assert.equal(code('maybe'), 'engine_failed')
  })

  void test('the fault comes back out of the error, and the hint in whole seconds', () => {
    const fault = {
      ...unanswered('rate_limited', { call: 'submit', charged: 'no' } as const),
      retryAfterMs: 1200,
    }
    const error = upstreamError(fault, 'Wait.')
    assert.deepEqual(upstreamFaultOf(error), fault)
    assert.equal(error.retryAfterSeconds, 2)
    assert.equal(upstreamFaultOf(new AfterimageError('engine_failed')), null)
    assert.equal(upstreamFaultOf(new Error('x')), null)
  })
})
