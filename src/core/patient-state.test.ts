import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { ErrorCode } from './errors.ts'
import { AfterimageError } from './errors.ts'
import { createPatientState } from './patient-state.ts'
import type { Lease, Outcome, StateStore } from './ports.ts'

const LEASE: Lease = { jobId: 'j', owner: 'o', attempt: 1, expiresAt: 1 }
const OUTCOME: Outcome = { status: 'cancelled' }

/** A store that fails so many times, before the patient one. */
function rig(code: ErrorCode, failures: number) {
  const pauses: number[] = []
  let calls = 0
  const answer = async (): Promise<null> => {
    if ((calls += 1) > failures) return null
    throw new AfterimageError(code)
  }
  const writes: Pick<StateStore, 'finish' | 'release' | 'reroute' | 'saveAttempt'> = {
    finish: answer,
    release: answer,
    saveAttempt: async () => (await answer()) === null,
    reroute: async () => ((await answer()) === null ? 'queued' : null),
  }
  const state = createPatientState(
    { ...writes, other: 1 },
    { patienceMs: 5000, wait: async (ms) => void pauses.push(ms) },
  )
  return { state, pauses, calls: () => calls }
}

void describe('patient state', () => {
  void test('writes go through once the store is back, and all else is untouched', async () => {
    for (const code of ['unavailable', 'storage_full'] as const) {
      const { state, pauses } = rig(code, 3)
      assert.equal(await state.finish(LEASE, OUTCOME), null)
      assert.deepEqual(pauses, [50, 100, 200])
      assert.equal(state.other, 1)
    }
  })

  void test('other faults are told at once', async () => {
    const { state, calls } = rig('internal', 1)
    await assert.rejects(state.release(LEASE, { runAt: 0, error: null, isAttemptSpent: false }), {
      code: 'internal',
    })
    assert.equal(calls(), 1)
  })

  void test('a store that stays away is told after the patience is over', async () => {
    const { state, pauses } = rig('unavailable', 1000)
    await assert.rejects(state.finish(LEASE, OUTCOME), { code: 'unavailable' })
    const waited = pauses.reduce((sum, ms) => sum + ms, 0)
    assert.ok(waited >= 5000 && waited <= 6000, `${waited} ms`)
  })
})
