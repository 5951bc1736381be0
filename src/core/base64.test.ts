import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { describe, test } from 'node:test'
import * as fc from 'fast-check'
import { decodeBase64 } from './base64.ts'

const MAX = 10_000_000
const bytes = fc.uint8Array({ maxLength: 400 })
const unreadable = { name: 'AfterimageError', code: 'input_unreadable' }

void describe('decodeBase64', () => {
  void test('every spelling of the same bytes decodes to them', () => {
    const spelling = fc.record({
      isUrlSafe: fc.boolean(),
      isPadded: fc.boolean(),
      breaks: fc.array(fc.nat(600)),
    })
    fc.assert(
      fc.property(bytes, spelling, (bytes, { isUrlSafe, isPadded, breaks }) => {
        let text = Buffer.from(bytes).toString('base64')
        if (isUrlSafe) text = text.replaceAll('+', '-').replaceAll('/', '_')
        if (!isPadded) text = text.replaceAll('=', '')
        for (const at of breaks) text = `${text.slice(0, at)}\r\n ${text.slice(at)}`
        assert.deepEqual(Buffer.from(decodeBase64(text, MAX)), Buffer.from(bytes))
      }),
    )
  })

  void test('any foreign character is an error that names it, wherever it stands', () => {
    const foreign = fc.constantFrom('%', '.', ':', '"', '\0', 'ä', '€', '=', '\u00a0', '😀', ',')
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 6, maxLength: 400 }),
        foreign,
        fc.nat(),
        (bytes, wrong, seed) => {
          const text = Buffer.from(bytes).toString('base64').replaceAll('=', '')
          const at = seed % (text.length - 1)
          assert.throws(() => decodeBase64(`${text.slice(0, at)}${wrong}${text.slice(at)}`, MAX), unreadable)
        },
      ),
    )
    assert.throws(() => decodeBase64('AAAA%AAA', MAX), /character 5 is "%"/u)
    assert.throws(() => decodeBase64('AA\0A', MAX), /character 3 is U\+0000/u)
  })

  void test('a length that no bytes can have is an error', () => {
    assert.throws(() => decodeBase64('AAAAA', MAX), /5 characters cannot be/u)
    assert.throws(() => decodeBase64('AA AA A', MAX), /cut off/u)
  })

  void test('the limit holds for decoded bytes, not for line breaks', () => {
    const text = randomBytes(3000).toString('base64').replaceAll(/.{76}/gu, '$&\r\n')
    assert.equal(decodeBase64(text, 3000).length, 3000)
    assert.throws(() => decodeBase64(text, 2999), {
      code: 'input_too_large',
      message: /found 3000 bytes; at most 2999/u,
    })
  })
})
