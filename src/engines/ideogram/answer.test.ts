import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readIdeogramAnswer, readIdeogramVerdict } from './answer.ts'

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
