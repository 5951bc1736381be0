import assert from 'node:assert/strict'
import type { IncomingHttpHeaders } from 'node:http'
import { Readable } from 'node:stream'
import { describe, test } from 'node:test'
import { isAfterimageError } from '../core/errors.ts'
import { readBody } from './read-body.ts'

const MAX = 10

function payload(pieces: readonly string[], headers: IncomingHttpHeaders) {
  const stream = Readable.from(
    pieces.map((piece) => Buffer.from(piece)),
    { objectMode: false },
  )
  return Object.assign(stream, { headers })
}

const announced = (length: number): IncomingHttpHeaders => ({ 'content-length': `${length}` })
const asText = (bytes: Buffer): string => bytes.toString()
const hasCode = (code: string) => (error: unknown) => isAfterimageError(error) && error.code === code

void describe('readBody', () => {
  void test('a body with a length and one without, in any pieces', async () => {
    assert.equal(await readBody(payload(['ab', 'c', 'def'], announced(6)), MAX, asText), 'abcdef')
    assert.equal(await readBody(payload(['ab', 'c', 'def'], {}), MAX, asText), 'abcdef')
    assert.equal(await readBody(payload([], announced(0)), MAX, asText), '')
    assert.equal(await readBody(payload([], {}), MAX, asText), '')
    assert.equal(await readBody(payload(['0123456789'], announced(MAX)), MAX, asText), '0123456789')
  })

  void test('without a length, large and small pieces stay in their order', async () => {
    const pieces = [1, 20_000, 3, 16_384, 16_383, 60_000, 40_000, 2, 65_537].map((length, index) =>
      'abcdefghi'.charAt(index).repeat(length),
    )
    assert.equal(await readBody(payload(pieces, {}), 1_000_000, asText), pieces.join(''))
  })

  void test('small pieces are not kept, for each takes hundreds of bytes besides its own', async () => {
    const pieces = Array.from({ length: 100 }, () => Buffer.from('x'))
    async function* sent() {
      for (const piece of pieces) {
        yield piece
        await Promise.resolve()
      }
      // The last ones are still on their way.
      for (const piece of pieces.slice(0, 50)) piece.fill('-')
    }
    const stream = Readable.from(sent(), { highWaterMark: 1 })
    const text = await readBody(Object.assign(stream, { headers: {} }), 100, asText)
    assert.equal(text, 'x'.repeat(100))
  })

  void test('one that is too large is not read to its end, and its connection stays for the answer', async () => {
    const large = payload(['0123456789', 'a', 'never read'], {})
    await assert.rejects(readBody(large, MAX, asText), hasCode('payload_too_large'))
    assert.equal(large.destroyed, false)
    await assert.rejects(readBody(payload(['a'], announced(11)), MAX, asText), hasCode('payload_too_large'))
  })

  void test('one that is shorter or longer than was announced is refused', async () => {
    await assert.rejects(readBody(payload(['abc'], announced(4)), MAX, asText), hasCode('invalid_request'))
    await assert.rejects(readBody(payload(['abc'], announced(2)), MAX, asText), hasCode('invalid_request'))
  })

  void test('what breaks off, and what its user throws, is thrown', async () => {
    const broken = payload(['abc'], announced(6))
    const reading = readBody(broken, MAX, asText)
    broken.destroy(new Error('aborted'))
    await assert.rejects(reading, /aborted/u)
    const refuse = (): never => {
      throw new Error('no JSON')
    }
    await assert.rejects(readBody(payload(['abc'], announced(3)), MAX, refuse), /no JSON/u)
  })

  void test('its bytes are gone when they were used', async () => {
    for (const headers of [announced(3), {}]) {
      const kept = await readBody(payload(['abc'], headers), MAX, (bytes) => bytes)
      assert.equal(kept.length, 0)
    }
  })
})
