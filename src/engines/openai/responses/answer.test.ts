import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { readResponsesPoll, readResponsesSubmit } from './answer.ts'

const answer = (json: unknown) => ({ status: 200, headers: {}, text: '', json })
const poll = (more: object) => readResponsesPoll(answer({ id: 'resp_1', ...more }))
const call = (more: object) => ({ type: 'image_generation_call', id: 'ig_1', ...more })
const DRAWN = call({ status: 'completed', result: 'AAAA' })

/** The kind of a verdict; every one of them says that it may have been charged. */
const kindOf = (more: object): string | undefined => {
  const reading = poll(more)
  assert.ok('verdict' in reading)
  assert.equal(reading.verdict.charged, 'maybe')
  return reading.verdict.kind
}

void describe('answers of the Responses API', () => {
  void test('a response that was taken is a job, whatever it says beside', () => {
    const reading = readResponsesSubmit(
      answer({ id: 'resp_1', status: 'queued', output: [], error: null, new: 1 }),
    )
    assert.deepEqual(reading, { job: { id: 'resp_1' } })
    for (const json of [undefined, {}, { id: '', status: 'queued' }, { id: 'x', status: 7 }])
      assert.ok('verdict' in readResponsesSubmit(answer(json)))
  })

  void test('it waits, thinks, draws, and is done', () => {
    const running = (more: object) => ({ state: 'running', progress: null, ...more })
    assert.deepEqual(poll({ status: 'queued', output: [] }), running({ status: 'scheduled' }))
    assert.deepEqual(poll({ status: 'in_progress' }), running({ status: 'processing' }))
    const drawing = call({ status: 'generating', result: null })
    assert.deepEqual(
      poll({ status: 'in_progress', output: [drawing] }),
      running({ status: 'sampling' }),
      'the image tool is at work',
    )
    assert.deepEqual(
      poll({ status: 'completed', output: [{ type: 'reasoning', summary: [] }, DRAWN], usage: {} }),
      { images: [{ base64: 'AAAA' }], cost: null },
    )
  })

  void test('what failed is told by its code, and none of it is called unpaid', () => {
    const failed = (code: string) => kindOf({ status: 'failed', error: { code, message: 'm' } })
    assert.equal(failed('image_content_policy_violation'), 'refused')
    assert.equal(failed('insufficient_quota'), 'quota')
    assert.equal(failed('invalid_base64_image'), 'invalid_input')
    assert.equal(failed('server_error'), 'transient')
    assert.equal(failed('rate_limit_exceeded'), 'transient')
    assert.equal(kindOf({ status: 'failed', error: null }), 'transient')
    assert.equal(kindOf({ status: 'cancelled' }), 'cancelled')
  })

  void test('a main model that refuses, or a filter that cuts it off, is a refusal', () => {
    const message = { type: 'message', content: [{ type: 'refusal', refusal: 'no' }] }
    assert.equal(kindOf({ status: 'completed', output: [message] }), 'refused')
    const cut = (reason: string | null) => ({ status: 'incomplete', incomplete_details: { reason } })
    assert.equal(kindOf(cut('content_filter')), 'refused')
    assert.equal(kindOf(cut('max_output_tokens')), 'bad_response')
    assert.equal(kindOf({ status: 'incomplete' }), 'bad_response')
  })

  void test('a picture that came whole is kept, unless it was refused or cancelled', () => {
    const kept = { images: [{ base64: 'AAAA' }], cost: null }
    const cut = { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } }
    assert.deepEqual(poll({ ...cut, output: [DRAWN] }), kept)
    assert.deepEqual(
      poll({ status: 'failed', error: { code: 'server_error' }, output: [DRAWN] }),
      kept,
      'it broke while it wrote the text that nobody reads',
    )
    const refused = { code: 'image_content_policy_violation' }
    assert.equal(kindOf({ status: 'failed', error: refused, output: [DRAWN] }), 'refused')
    assert.equal(kindOf({ status: 'cancelled', output: [DRAWN] }), 'cancelled')
  })

  void test('a word, an item or an error in a form that is new costs neither the paid job nor its picture', () => {
    assert.deepEqual(readResponsesSubmit(answer({ id: 'resp_1', status: 'uploading' })), {
      job: { id: 'resp_1' },
    })
    const running = { state: 'running', status: 'processing', progress: null }
    assert.deepEqual(poll({ status: 'uploading', output: [] }), running)
    const odd = { output: [{ type: 7 }, DRAWN, 'x'], error: 'none', incomplete_details: [] }
    for (const status of ['completed', 'archived'])
      assert.deepEqual(poll({ status, ...odd }), { images: [{ base64: 'AAAA' }], cost: null })
  })

  void test('words in the place of a picture are no picture', () => {
    const message = { type: 'message', content: [{ type: 'output_text', text: 'Here you are.' }] }
    assert.deepEqual(poll({ status: 'completed', output: [message, call({ status: 'failed' })] }), {
      images: [],
      cost: null,
    })
  })
})
