import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createAttemptBench } from '../../test/support/run-attempt.ts'
import type { Engine } from './engine.ts'
import type { Attempt } from './job.ts'
import type { Moderation } from './moderation.ts'

const { run, made } = createAttemptBench()
/** Answers about results only. */
const half: Moderation = {
  moderator: ({ stage }) =>
    stage === 'output'
      ? Promise.resolve({ isAllowed: true, reason: null })
      : Promise.reject(new Error('off')),
  isOpenOnFailure: true,
  onFailure: () => undefined,
}
const whole: Moderation = { ...half, moderator: () => Promise.resolve({ isAllowed: true, reason: null }) }
/** Takes the job and is stopped before it is done. */
const stop = new AbortController()
const taking: Partial<Engine> = {
  kind: 'async',
  isRepeatable: false,
  submit: () =>
    Promise.resolve({
      handle: { id: 'there' },
      status: { state: 'running', status: 'sampling', progress: null },
    }),
  poll: () => {
    stop.abort('shutdown')
    return Promise.reject(new Error('stopped'))
  },
}

void test('an input that nobody decided about is told of after a restart too, and only that one', async () => {
  const first = await run({ engine: taking, moderation: half }, stop.signal)
  assert.deepEqual(first.outcomes, [])
  const written = first.journal.at(-1) as Attempt
  assert.deepEqual([written.handle, written.isUnmoderated], [{ id: 'there' }, true])

  const engine: Partial<Engine> = {
    ...taking,
    poll: () => Promise.resolve({ state: 'completed', ...made }),
  }
  const after = async (entry: Attempt, moderation: Moderation): Promise<string[]> => {
    const { outcomes } = await run({ engine, attempt: 2, job: { attempts: [entry] }, moderation })
    assert.ok(outcomes[0]?.status === 'completed', JSON.stringify(outcomes))
    return outcomes[0].warnings.map(({ code, message }) => `${code}: ${message.slice(0, 11)}`)
  }
  const entry: Attempt = { ...written, number: 1, outcome: 'lost' }
  assert.deepEqual(await after(entry, whole), ['not_moderated: The request'])
  const { isUnmoderated: _mark, ...passed } = entry
  assert.deepEqual(await after(passed, whole), [])
})

void test('the journal of an input that was decided about has no such mark', async () => {
  const { journal } = await run({ engine: { isRepeatable: false }, moderation: whole })
  assert.ok(journal.length > 0)
  assert.ok(journal.every((entry) => !('isUnmoderated' in entry)))
})
