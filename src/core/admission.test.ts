import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createAdmission } from './admission.ts'
import type { Engine } from './engine.ts'
import { mayFallBack, unanswered, upstreamError, upstreamFaultOf } from './upstream-fault.ts'
import type { UpstreamFault, UpstreamFaultKind } from './upstream-fault.ts'

const MINUTE = 60_000
const signal = new AbortController().signal

function rig() {
  const now = { ms: 1_800_000_000_000, credential: 'first' }
  const waits: number[] = []
  const admission = createAdmission({
    clock: { now: () => now.ms },
    wait: (ms) => Promise.resolve(void waits.push(ms)),
  })
  const engineOf = (id: string): Engine => ({
    id,
    kind: 'sync',
    isRepeatable: false,
    queue: id,
    capabilities: () => null,
    submit: () => assert.fail(),
    credential: () => now.credential,
  })
  const call = (id = 'vendor', model = 'm') => ({ engine: engineOf(id), model, credential: now.credential })
  const meet = (kind: UpstreamFaultKind, more: Partial<UpstreamFault> = {}): void => {
    const fault = { ...unanswered(kind, { call: 'submit', charged: 'no' }), status: 402, ...more }
    admission.note(call(), upstreamError(fault, 'It says why.'))
  }
  const isOpen = (id?: string, model?: string): Promise<boolean> =>
    admission.enter(call(id, model), signal).then(
      () => true,
      () => false,
    )
  return { admission, now, waits, call, meet, isOpen }
}

void describe('admission', () => {
  void test('a refused key or account closes the engine for a while, with its reason, surely unpaid', async () => {
    for (const [kind, minutes] of [
      ['auth', 5],
      ['quota', 10],
    ] as const) {
      const { admission, now, call, meet, isOpen } = rig()
      assert.equal(await isOpen(), true)
      meet(kind)
      await assert.rejects(admission.enter(call(), signal), (error: Error) => {
        const fault = upstreamFaultOf(error)
        assert.ok(fault !== null && mayFallBack(fault))
        assert.equal(fault.kind, kind)
        return /^It says why\. It is not called before \d\d:\d\d UTC, or until its key changes\.$/u.test(
          error.message,
        )
      })
      assert.equal(await isOpen('other'), true)
      now.ms += minutes * MINUTE - 1
      assert.equal(await isOpen(), false)
      now.ms += 1
      assert.equal(await isOpen(), true)
    }
  })

  void test('a new key opens it at once', async () => {
    const { now, meet, isOpen } = rig()
    meet('auth')
    now.credential = 'second'
    assert.equal(await isOpen(), true)
  })

  void test('what an earlier key is told closes nothing for its successor', async () => {
    const { admission, now, call, isOpen } = rig()
    const underWay = call()
    now.credential = 'second'
    const fault = { ...unanswered('auth', { call: 'submit', charged: 'no' }), status: 401 } as const
    admission.note(underWay, upstreamError(fault, 'Refused.'))
    assert.equal(await isOpen(), true)
  })

  void test('403 closes one model, everything else the engine', async () => {
    const { meet, isOpen } = rig()
    meet('auth', { status: 403 })
    assert.deepEqual([await isOpen('vendor', 'm'), await isOpen('vendor', 'n')], [false, true])
    meet('auth', { status: 401 })
    assert.equal(await isOpen('vendor', 'n'), false)
  })

  void test('a quota with a hint is believed, up to an hour', async () => {
    const { now, meet, isOpen } = rig()
    meet('quota', { retryAfterMs: 24 * 60 * MINUTE })
    now.ms += 60 * MINUTE - 1
    assert.equal(await isOpen(), false)
    now.ms += 1
    assert.equal(await isOpen(), true)
  })

  void test('other faults, and a key that is not there, close nothing', async () => {
    const { admission, call, meet, isOpen } = rig()
    for (const kind of ['transient', 'refused', 'invalid_input', 'not_found', 'outcome_unknown'] as const)
      meet(kind)
    meet('auth', { status: null })
    admission.note(call(), new Error('of ours'))
    meet('auth', { status: 401, call: 'follow', charged: 'maybe' })
    assert.equal(await isOpen(), true)
  })

  void test('an engine that asks to wait is waited for, one call after the other', async () => {
    const { now, waits, meet, isOpen } = rig()
    meet('rate_limited', { retryAfterMs: 7000 })
    now.ms += 1000
    assert.deepEqual([await isOpen(), await isOpen(), await isOpen('other')], [true, true, true])
    assert.deepEqual(waits, [6000, 6200])
    now.ms += 7000
    await isOpen()
    assert.equal(waits.length, 2)
    meet('rate_limited', { retryAfterMs: 10 * MINUTE })
    meet('rate_limited')
    await isOpen()
    assert.equal(waits[2], 30_000, 'one without a hint does not shorten it')
  })
})
