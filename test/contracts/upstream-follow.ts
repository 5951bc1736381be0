/** What an engine must do while it asks a vendor for a job that is already paid for. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { maySubmitAgain, upstreamFaultOf } from '../../src/core/upstream-fault.ts'
import type { EmulatorFault } from '../support/emulators/emulator.ts'
import type { BenchSubject, SubmitOptions } from './upstream-bench.ts'
import { outputSize, useBench } from './upstream-bench.ts'

const PASSING: readonly EmulatorFault[] = [
  'overloaded',
  'server_error',
  'rate_limited',
  'gateway_timeout',
  'dropped',
  'truncated',
]
const LASTING: readonly EmulatorFault[] = ['unauthorized', 'garbage', 'private_redirect']
/** More than an engine has patience for. */
const MANY = 110

/** Registers the tests; call it inside a `describe`. */
export function followContract(subject: BenchSubject, request: SubmitOptions): void {
  for (const fault of PASSING)
    void test(`fault ${fault} while polling: asked again, paid once`, () =>
      useBench(subject, {}, async ({ emulator, submit }) => {
        emulator.failNextFollow(fault)
        const { width } = await outputSize(await submit(request))
        assert.ok(width > 0)
        assert.equal(emulator.posts(), 1)
      }))

  for (const fault of [...LASTING, 'overloaded' as const])
    void test(`fault ${fault} that lasts while polling: ends, and is not called unpaid`, () =>
      useBench(subject, {}, async ({ emulator, submit }) => {
        for (let count = 0; count < MANY; count += 1) emulator.failNextFollow(fault)
        await assert.rejects(submit(request), (error) => {
          const found = upstreamFaultOf(error)
          assert.ok(found !== null && !maySubmitAgain(found))
          assert.equal(found.charged, 'maybe')
          return true
        })
        assert.equal(emulator.posts(), 1)
        assert.ok(emulator.requests.length <= MANY)
      }))
}
