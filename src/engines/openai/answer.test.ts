import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { readOpenAiAnswer, readOpenAiVerdict } from './answer.ts'
import { outputTokens } from './prices.ts'

const answer = (status: number, json: unknown) => ({ status, headers: {}, text: '', json })
const fault = (error: object) => answer(400, { error })

void describe('OpenAI verdicts', () => {
  void test("the vendor's codes go before the status", () => {
    const kindOf = (error: object) => readOpenAiVerdict(fault(error))?.kind
    assert.equal(kindOf({ code: 'moderation_blocked' }), 'refused')
    assert.equal(kindOf({ code: 'content_policy_violation' }), 'refused')
    assert.equal(kindOf({ code: null, type: 'insufficient_quota' }), 'quota')
    assert.equal(kindOf({ code: 'billing_hard_limit_reached' }), 'quota')
    assert.equal(kindOf({ code: 'invalid_value' }), undefined)
    assert.equal(readOpenAiVerdict(answer(500, '<h1>')), null)
  })

  void test('a retired model is named with its replacement', () => {
    const verdict = readOpenAiVerdict(
      fault({ code: 'invalid_value', message: "Invalid value: 'gpt-image-1'." }),
    )
    assert.equal(verdict?.kind, 'not_found')
    assert.match(
      String(verdict?.message),
      /gpt-image-1 was shut down on 2026-10-23; use gpt-image-2\.5-flare/u,
    )
  })

  void test('a newer id that begins like a retired one is not taken for it', () => {
    const verdict = readOpenAiVerdict(fault({ code: 'invalid_value', message: "Invalid: 'gpt-image-1.5'" }))
    assert.equal(verdict?.kind, undefined)
  })
})

void describe('OpenAI answers', () => {
  const usage = { input_tokens: 100, output_tokens: 1000 }

  void test('images inline or at an address, cost from tokens', () => {
    const reading = readOpenAiAnswer(
      {
        answer: answer(200, { data: [{ b64_json: 'AAAA' }, { url: 'https://x/y' }, {}], usage }),
        events: [],
        taken: 0,
      },
      'gpt-image-2',
    )
    assert.ok('images' in reading)
    assert.deepEqual(reading.images, [{ base64: 'AAAA' }, { url: 'https://x/y' }])
    assert.equal(reading.cost?.microUsd, 30_800, 'without a split, input counts as image')
  })

  void test('a stream ends with its completed event', () => {
    const events = [
      { name: 'image_edit.partial_image', json: { type: 'image_edit.partial_image', b64_json: 'BBBB' } },
      { name: 'image_edit.completed', json: { type: 'image_edit.completed', b64_json: 'AAAA', usage } },
    ]
    const reading = readOpenAiAnswer({ answer: answer(200, undefined), events, taken: 0 }, 'gpt-image-2')
    assert.ok('images' in reading)
    assert.deepEqual(reading.images, [{ base64: 'AAAA' }])
  })

  void test('a stream that ends without it broke off: it may be paid for, and is not called again', () => {
    const stream = {
      ...answer(200, undefined),
      headers: { 'content-type': 'text/event-stream; charset=utf-8' },
    }
    const reading = readOpenAiAnswer({ answer: stream, events: [], taken: 0 }, 'gpt-image-2')
    assert.ok('verdict' in reading)
    assert.deepEqual([reading.verdict.kind, reading.verdict.charged], ['outcome_unknown', 'maybe'])
  })

  void test('an empty answer that is no stream only holds no image', () => {
    const reading = readOpenAiAnswer({ answer: answer(200, undefined), events: [], taken: 0 }, 'gpt-image-2')
    assert.deepEqual(reading, { images: [], cost: null })
  })

  void test('a refusal in the middle of a stream may have been charged', () => {
    const events = [{ name: 'error', json: { type: 'error', error: { code: 'moderation_blocked' } } }]
    const reading = readOpenAiAnswer({ answer: answer(200, undefined), events, taken: 0 }, 'gpt-image-2')
    assert.ok('verdict' in reading)
    assert.deepEqual([reading.verdict.kind, reading.verdict.charged], ['refused', 'maybe'])
  })

  /** The kind of fault and whether it was charged, of an error event that came after so many previews. */
  const endOf = (error: object, taken: number): unknown => {
    const events = [{ name: 'error', json: { type: 'error', error } }]
    const reading = readOpenAiAnswer({ answer: answer(200, undefined), events, taken }, 'gpt-image-2')
    return 'verdict' in reading ? [reading.verdict.kind, reading.verdict.charged] : assert.fail()
  }

  void test('what the vendor turned away before it began was not charged, and another engine may be asked', () => {
    assert.deepEqual(endOf({ code: 'rate_limit_exceeded' }, 0), ['rate_limited', 'no'])
    assert.deepEqual(endOf({ type: 'insufficient_quota' }, 0), ['quota', 'no'])
    assert.deepEqual(endOf({ code: 'invalid_api_key' }, 0), ['auth', 'no'])
    assert.deepEqual(endOf({ code: 'model_not_found' }, 0), ['not_found', 'no'])
  })

  void test('every other error in a stream may have been charged, and its outcome is unknown', () => {
    const unknown = ['outcome_unknown', 'maybe']
    assert.deepEqual(endOf({ code: 'rate_limit_exceeded' }, 1), unknown, 'it had begun')
    assert.deepEqual(endOf({ code: 'server_error' }, 0), unknown, 'fewer previews than wanted may come')
    assert.deepEqual(endOf({ message: 'who knows' }, 0), unknown)
  })

  void test('a picture that came whole is kept, whatever follows it', () => {
    const events = [
      { name: 'image_edit.completed', json: { type: 'image_edit.completed', b64_json: 'AAAA', usage } },
      { name: 'error', json: { type: 'error', error: { code: 'server_error' } } },
    ]
    const reading = readOpenAiAnswer({ answer: answer(200, undefined), events, taken: 0 }, 'gpt-image-2')
    assert.deepEqual('images' in reading && reading.images, [{ base64: 'AAAA' }])
  })

  void test('a count of tokens in another form costs the count, not the picture', () => {
    const odd = { total_tokens: 7 }
    const event = { type: 'image_edit.completed', b64_json: 'AAAA', usage: odd }
    for (const reply of [
      { answer: answer(200, { data: [{ b64_json: 'AAAA' }], usage: odd }), events: [], taken: 0 },
      { answer: answer(200, undefined), events: [{ name: event.type, json: event }], taken: 0 },
    ])
      assert.deepEqual(readOpenAiAnswer(reply, 'gpt-image-2'), { images: [{ base64: 'AAAA' }], cost: null })
  })

  void test('another form is no answer', () => {
    assert.ok(
      'verdict' in
        readOpenAiAnswer({ answer: answer(200, { images: [] }), events: [], taken: 0 }, 'gpt-image-2'),
    )
  })
})

void test('output tokens of gpt-image-2 match the published examples', () => {
  const square = { width: 1024, height: 1024 }
  assert.deepEqual(
    ['low', 'medium', 'high', 'auto'].map((quality) => outputTokens(square, quality)),
    [196, 1756, 7024, null],
  )
  const usd = (width: number, height: number, quality: string): string =>
    (((outputTokens({ width, height }, quality) ?? 0) * 30) / 1e6).toFixed(4)
  assert.equal(usd(1536, 1024, 'high'), '0.1646')
  assert.equal(usd(3840, 2160, 'medium'), '0.1001')
})
