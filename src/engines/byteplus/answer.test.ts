import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { readArkAnswer, readArkVerdict } from './answer.ts'

const answer = (json: unknown, status = 200) => ({ status, headers: {}, text: '', json })
const read = (json: unknown) => readArkAnswer(answer(json), 'seedream-4-0-250828')
const refusal = { error: { code: 'OutputImageSensitiveContentDetected', message: 'no' } }

void describe('ModelArk verdicts', () => {
  void test("the vendor's codes go before the status", () => {
    const kindOf = (code: string, status: number): unknown =>
      readArkVerdict(answer({ error: { code, message: 'x', param: '' } }, status))?.kind
    assert.equal(kindOf('InputTextSensitiveContentDetected', 400), 'refused')
    assert.equal(kindOf('InputImageSensitiveContentDetected.PrivacyInformation', 400), 'refused')
    assert.equal(kindOf('AccountOverdueError', 403), 'quota')
    assert.equal(kindOf('QuotaExceeded', 429), 'quota')
    assert.equal(kindOf('ModelAccountIpmRateLimitExceeded', 429), undefined)
    assert.equal(readArkVerdict(answer('<h1>', 502)), null)
  })

  void test('a retired model is named with its replacement', () => {
    const message = 'The model doubao-seedream-4-0-250828 does not exist or is not activated.'
    const verdict = readArkVerdict(
      answer({ error: { code: 'InvalidEndpointOrModel.NotFound', message } }, 404),
    )
    assert.match(String(verdict?.message), /shut down on 2026-07-17; use doubao-seedream-4-5-251128/u)
  })
})

void describe('ModelArk answers', () => {
  void test('only images that were made cost something, also beside one that was refused', () => {
    const reading = read({ data: [refusal, { url: 'https://x/y' }], usage: { generated_images: 1 } })
    assert.ok('images' in reading)
    assert.deepEqual(reading.images, [{ url: 'https://x/y' }])
    assert.equal(reading.cost?.microUsd, 30_000)
  })

  void test('usage in another form does not take the images away', () => {
    const reading = read({ data: [{ b64_json: 'AAAA' }], usage: { generated_images: '1' } })
    assert.deepEqual('images' in reading && reading.images, [{ base64: 'AAAA' }])
  })

  void test('images may come inline', () => {
    const reading = read({ data: [{ b64_json: 'AAAA' }] })
    assert.ok('images' in reading)
    assert.deepEqual(reading.images, [{ base64: 'AAAA' }])
  })

  void test('a refusal inside a success was not charged when no image was counted', () => {
    const verdictOf = (json: unknown): unknown => {
      const reading = read(json)
      return 'verdict' in reading ? [reading.verdict.kind, reading.verdict.charged] : null
    }
    assert.deepEqual(verdictOf({ data: [refusal], usage: { generated_images: 0 } }), ['refused', 'no'])
    assert.deepEqual(verdictOf({ data: [refusal] }), ['refused', 'maybe'])
    assert.deepEqual(verdictOf({ data: [], usage: { generated_images: 0 } }), ['bad_response', 'maybe'])
  })

  void test('another form is no answer', () => {
    assert.ok('verdict' in read({ images: [] }))
  })
})
