import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readIdeogramAnswer, readIdeogramVerdict } from './answer.ts'
import { readIdeogramPoll } from './job-answer.ts'

const answer = (status: number, json: unknown) => ({ status, headers: {}, text: '', json })
const read = (...data: readonly object[]) =>
  readIdeogramAnswer(answer(200, { created: '…', data }), (count) => ({
    microUsd: count,
    basis: 'list_price',
    computeUnits: null,
  }))
const SAFE = { url: 'https://ideogram.ai/x.png', is_image_safe: true }

void test('an image without an address that was found unsafe is a refusal, and may be billed', () => {
  for (const url of [null, '', undefined])
    assert.deepEqual(read({ url, is_image_safe: false }), {
      verdict: { kind: 'refused', code: 'is_image_safe', charged: 'maybe' },
    })
})

void test('an unsafe one beside others is told, and all count for the price', () => {
  const reading = read(SAFE, { url: null, is_image_safe: false })
  assert.ok('images' in reading)
  assert.deepEqual(reading.images, [{ url: SAFE.url }])
  assert.equal(reading.cost?.microUsd, 2)
  assert.equal(reading.warnings?.[0]?.message, 'Ideogram withheld 1 of 2 images as unsafe')
})

void test('another form is no image', () => {
  for (const json of [null, [], { data: {} }, { data: [{ url: 5 }] }]) {
    const reading = readIdeogramAnswer(answer(200, json), () => assert.fail())
    assert.equal('verdict' in reading && reading.verdict.kind, 'bad_response')
  }
})

void test('422 is a refusal, everything else is left to the status', () => {
  const error = 'Prompt or provided image failed the safety check.'
  assert.deepEqual(readIdeogramVerdict(answer(422, { error })), { kind: 'refused', message: error })
  assert.equal(readIdeogramVerdict(answer(422, undefined))?.kind, 'refused')
  for (const status of [400, 401, 402, 429, 500])
    assert.equal(readIdeogramVerdict(answer(status, { error: 'Too many requests.' }))?.kind, undefined)
})

void test('a generation is running until it says that it is done, or failed', () => {
  const poll = (body: object) => readIdeogramPoll(answer(200, { generation_id: 'x', ...body }))
  for (const status of ['pending', 'processing', 'dreaming'])
    assert.deepEqual(poll({ status }), { state: 'running', status: 'sampling', progress: null })
  const done = poll({ status: 'completed', data: [SAFE], usage_cost_usd_micros: 61_000 })
  assert.ok('images' in done)
  assert.deepEqual(
    [done.images, done.cost?.microUsd, done.cost?.basis],
    [[{ url: SAFE.url }], 61_000, 'reported'],
  )
  const odd = poll({ status: 'completed', data: [SAFE], usage_cost_usd_micros: '61000' })
  assert.deepEqual('images' in odd && [odd.images.length, odd.cost], [1, null])
  const unsafe = poll({ status: 'completed', data: [{ url: '', is_image_safe: false }] })
  assert.equal('verdict' in unsafe && unsafe.verdict.kind, 'refused')
  const kindOf = (reason: string | null): unknown => {
    const reading = poll({ status: 'failed', failure_reason: reason })
    return 'verdict' in reading ? [reading.verdict.kind, reading.verdict.charged] : reading
  }
  assert.deepEqual(kindOf('The prompt failed the safety check.'), ['refused', 'maybe'])
  assert.deepEqual(kindOf(null), ['transient', 'maybe'])
})
