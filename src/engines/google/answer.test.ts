import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { readGoogleAnswer, readGoogleVerdict } from './answer.ts'

const answer = (status: number, json: unknown) => ({ status, headers: {}, text: '', json })
const end = (finishReason: string, parts: readonly object[] = [], usageMetadata: object = {}) =>
  readGoogleAnswer(
    answer(200, { candidates: [{ finishReason, content: { parts } }], usageMetadata }),
    'gemini-3-pro-image',
  )
const kindOf = (reading: ReturnType<typeof readGoogleAnswer>) =>
  'verdict' in reading ? reading.verdict.kind : 'images'

void describe('Gemini answers', () => {
  void test('every reason to refuse is a refusal, everything else without an image is useless', () => {
    for (const reason of [
      'SAFETY',
      'PROHIBITED_CONTENT',
      'BLOCKLIST',
      'SPII',
      'RECITATION',
      'IMAGE_SAFETY',
      'IMAGE_PROHIBITED_CONTENT',
      'IMAGE_RECITATION',
    ])
      assert.equal(kindOf(end(reason)), 'refused', reason)
    for (const reason of ['NO_IMAGE', 'IMAGE_OTHER', 'MAX_TOKENS', 'OTHER', 'STOP'])
      assert.equal(kindOf(end(reason)), 'bad_response', reason)
  })

  void test('usage in another form does not take the image away', () => {
    const odd = { candidatesTokensDetails: [{ modality: 'IMAGE' }] }
    assert.equal(kindOf(end('STOP', [{ inlineData: { data: 'AAAA' } }], odd)), 'images')
  })

  void test('words instead of a picture are a refusal, thoughts are not', () => {
    assert.equal(kindOf(end('STOP', [{ text: 'I can not make that picture.' }])), 'refused')
    assert.equal(kindOf(end('STOP', [{ text: 'Hm.', thought: true }])), 'bad_response')
  })

  void test('a blocked prompt is a refusal', () => {
    const reading = readGoogleAnswer(
      answer(200, { promptFeedback: { blockReason: 'PROHIBITED_CONTENT' }, usageMetadata: {} }),
      'gemini-3-pro-image',
    )
    assert.ok('verdict' in reading)
    assert.deepEqual(reading.verdict, { kind: 'refused', charged: 'maybe', code: 'PROHIBITED_CONTENT' })
  })

  void test('candidate tokens without an image were charged', () => {
    const reading = end('IMAGE_OTHER', [], { candidatesTokenCount: 1120 })
    assert.ok('verdict' in reading)
    assert.equal(reading.verdict.charged, 'yes')
  })

  void test('drafts of the thinking are not results', () => {
    const reading = end('STOP', [
      { inlineData: { data: 'AAAA' }, thought: true },
      { inlineData: { data: 'BBBB' } },
    ])
    assert.ok('images' in reading)
    assert.deepEqual(reading.images, [{ base64: 'BBBB' }])
  })

  void test('another form is no answer', () => {
    assert.equal(
      kindOf(readGoogleAnswer(answer(200, { candidates: 'none' }), 'gemini-3-pro-image')),
      'bad_response',
    )
    assert.equal(kindOf(readGoogleAnswer(answer(200, {}), 'gemini-3-pro-image')), 'bad_response')
  })
})

void describe('Gemini verdicts', () => {
  const verdict = (status: number, error: object) => readGoogleVerdict(answer(status, { error }))

  void test('a wrong key hides in a 400, a spent day in a 429', () => {
    assert.equal(verdict(400, { details: [{ reason: 'API_KEY_INVALID' }] })?.kind, 'auth')
    assert.equal(verdict(400, { message: 'Unable to process input image.' })?.kind, undefined)
    const violations = [{ quotaId: 'GenerateRequestsPerDayPerProjectPerModel-FreeTier' }]
    assert.equal(verdict(429, { details: [{ violations }] })?.kind, 'quota')
    const minute = [{ quotaId: 'GenerateRequestsPerMinutePerProjectPerModel' }]
    assert.equal(verdict(429, { details: [{ violations: minute }] })?.kind, undefined)
  })

  void test('a retired model is named with its replacement', () => {
    const message = 'models/gemini-3-pro-image-preview is not found for API version v1beta'
    assert.equal(
      verdict(404, { message })?.message,
      'gemini-3-pro-image-preview was shut down on 2026-06-25; use gemini-3-pro-image',
    )
  })
})
