import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createFileSigner } from './signed-files.ts'

const FILE = 'a'.repeat(32)
const START = Date.UTC(2027, 0, 1, 0, 0, 1)

function open(masterKey = 'k'.repeat(43)) {
  let now = START
  const signer = createFileSigner({ masterKey, clock: { now: () => now }, validSeconds: 1000 })
  const check = (id: string, { expires, signature }: { expires: number | string; signature: string }) =>
    signer.check(id, { expires: String(expires), signature }).kind
  return { ...signer, check, at: (time: number) => (now = time) }
}

void describe('signed files', () => {
  void test('good until its end, which is at least the time that was asked for, and a tenth more at most', () => {
    const { sign, check, at } = open()
    const signed = sign(FILE)
    const validMs = signed.expires * 1000 - START
    assert.ok(validMs >= 1_000_000 && validMs <= 1_100_000, String(validMs))
    assert.match(signed.signature, /^[\w-]{43}$/u)
    assert.equal(check(FILE, signed), 'valid')
    at(signed.expires * 1000 - 1)
    assert.equal(check(FILE, signed), 'valid')
    at(signed.expires * 1000)
    assert.equal(check(FILE, signed), 'expired')
  })

  void test('the same address for a while', () => {
    const { sign, at } = open()
    const first = sign(FILE)
    at(START + 50_000)
    assert.deepEqual(sign(FILE), first)
    at(START + 100_000)
    assert.notDeepEqual(sign(FILE), first)
  })

  void test('for no other file, end, key or spelling', () => {
    const { sign, check } = open()
    const signed = sign(FILE)
    assert.equal(check('b'.repeat(32), signed), 'invalid')
    assert.equal(check(FILE, { ...signed, expires: signed.expires + 1 }), 'invalid')
    assert.equal(check(FILE, { ...signed, expires: `0${signed.expires}` }), 'invalid')
    assert.equal(check(FILE, { ...signed, expires: `${signed.expires}.0` }), 'invalid')
    assert.equal(open('other'.repeat(9)).check(FILE, signed), 'invalid')
    for (const signature of ['', 'x', signed.signature.slice(1), `A${signed.signature}`])
      assert.equal(check(FILE, { ...signed, signature }), 'invalid', signature)
    const { check: checkGiven } = createFileSigner({
      masterKey: 'k'.repeat(43),
      clock: { now: () => START },
      validSeconds: 1000,
    })
    assert.equal(checkGiven(FILE, { expires: null, signature: signed.signature }).kind, 'invalid')
    assert.equal(checkGiven(FILE, { expires: String(signed.expires), signature: null }).kind, 'invalid')
  })

  void test('an end that passed is only told to who had a good address', () => {
    const { sign, check, at } = open()
    const { expires, signature } = sign(FILE)
    at(expires * 1000)
    assert.equal(check('b'.repeat(32), { expires, signature }), 'invalid')
  })
})
