import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createKeyStandings, describeKeyFault } from './key-standings.ts'
import type { UpstreamFaultKind } from './upstream-fault.ts'
import { unanswered, upstreamError } from './upstream-fault.ts'

const NOW = Date.parse('2026-11-25T12:00:00Z')

const errorOf = (kind: UpstreamFaultKind, status: number | null): Error =>
  upstreamError({ ...unanswered(kind, { call: 'submit', charged: 'no' }), status }, 'told')

function scene() {
  const secrets = new Map([['openai', 'sk-1']])
  const standings = createKeyStandings({
    clock: { now: () => NOW },
    identityOf: (engine) => secrets.get(engine) ?? null,
  })
  return { secrets, ...standings }
}

void describe('standing of keys', () => {
  void test('refused and exhausted, each with its time', () => {
    const { note, find } = scene()
    assert.equal(find('openai'), null)
    note('openai', errorOf('auth', 401))
    assert.deepEqual(find('openai'), { kind: 'key_refused', at: NOW })
    note('openai', errorOf('quota', 402))
    const fault = find('openai')
    assert.deepEqual(fault, { kind: 'quota_exhausted', at: NOW })
    assert.match(describeKeyFault(fault), /exhausted at 2026-11-25T12:00:00\.000Z$/u)
    assert.equal(find('google'), null)
  })

  void test('other faults say nothing, and take nothing back', () => {
    const { note, find } = scene()
    for (const [kind, status] of [
      ['auth', 403],
      ['auth', null],
      ['rate_limited', 429],
      ['transient', 503],
      ['refused', 400],
    ] as const) {
      note('openai', errorOf(kind, status))
      assert.equal(find('openai'), null, `${kind} ${status}`)
    }
    note('openai', errorOf('auth', 401))
    note('openai', errorOf('transient', 503))
    note('openai', new Error('ours'))
    assert.equal(find('openai')?.kind, 'key_refused')
  })

  void test('a call that is taken, and another key, begin anew', () => {
    const { note, find, secrets } = scene()
    note('openai', errorOf('auth', 401))
    secrets.set('openai', 'sk-2')
    assert.equal(find('openai'), null)
    secrets.set('openai', 'sk-1')
    assert.equal(find('openai')?.kind, 'key_refused')
    note('openai', null)
    assert.equal(find('openai'), null)
  })
})
