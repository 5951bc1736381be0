/** JSON texts and forms, right, wrong and damaged: an independent reader decides what is JSON, and nothing is a 5xx. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { TextDecoder } from 'node:util'
import type { TestApp } from '../support/app.ts'
import { startTestApp } from '../support/app.ts'
import { createRandom, mutate } from '../support/mutants.ts'
import { createPngBomb } from '../support/png.ts'
import { share, startProof } from '../support/proof.ts'

const SEED = Number(process.env['AFTERIMAGE_TEST_SEED'] ?? 20_261_125)
const JSON_MUTANTS = share(3000, 30_000)
const FORM_MUTANTS = share(1900, 19_000)
const PATH = '/generate/image/afterimage/edit?dry_run=1'

let app: TestApp
before(async () => {
  app = await startTestApp()
})
after(() => app.stop())

/** Texts of one value that every reader must take. */
const VALID = [
  '""',
  '"\\u0000"',
  '"\\uD83D\\uDE00"',
  '"\\uD800"',
  '"\\u202e"',
  '"\\/"',
  '"\\"\\\\\\b\\f\\n\\r\\t"',
  '"\u2028\u2029"',
  '"\x7f"',
  '"😀"',
  '"\ufeff"',
  '0',
  '-0',
  '1E400',
  '-1e-400',
  '1e1',
  '1E+2',
  '0.5',
  '123456789012345678901234567890',
  '-1',
  'true',
  'false',
  'null',
  '[]',
  '[ ]',
  '[1,2]',
  '[[],[]]',
  '{}',
  '{"a":1,"a":2}',
  '{"":0}',
  '{"\\u0061":1}',
  ' \t\r\n1 \n',
  '[null]',
  '[""]',
  '["a","\\u00e9"]',
  '{"a":{"b":[{}]}}',
  '"asd "',
  '1.0e+28',
  '[1e-7]',
  '{"min":-1.0e+28,"max":1.0e+28}',
]
/** Texts that no reader may take. */
const INVALID = [
  '{',
  '[',
  '"',
  '}',
  ']',
  ',',
  ':',
  '[1,]',
  '[,1]',
  '[1,,2]',
  '{,}',
  '{"a"}',
  '{"a":}',
  '{"a":1,}',
  '{a:1}',
  "{'a':1}",
  '{"a":1 "b":2}',
  '[1 2]',
  '[1}',
  '{"a":1]',
  '+1',
  '01',
  '-01',
  '1.',
  '.5',
  '1e',
  '1e+',
  '-',
  '0x10',
  'NaN',
  'Infinity',
  '-Infinity',
  'nul',
  'True',
  'undefined',
  '"\\x41"',
  '"\\u12"',
  '"\\uZZZZ"',
  '"\\',
  '"a\nb"',
  '"a\tb"',
  '"\u0000"',
  '1 2',
  '[]]',
  '{}}',
  '// c\n1',
  '/* c */ 1',
  '[1]x',
  '\u00a01',
  '\f1',
  '[1]\ufeff',
  '{"a":1}{"b":2}',
  '"a" "b"',
  '<a/>',
  '﻿﻿1',
  '[1,2',
  '{"a":"b',
  '[\u000b1]',
  '{"a" 1}',
  '{:1}',
  '{1:1}',
  '[--1]',
  '[1e1.5]',
  '[0e]',
  '(1)',
  '[a]',
  '["a]',
  '{"x"::"b"}',
].filter((text) => !isJson(Buffer.from(text)))

function isJson(bytes: Uint8Array): boolean {
  try {
    JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
    return true
  } catch {
    return false
  }
}

async function send(bytes: Uint8Array | string, type = 'application/json', path = PATH) {
  const answer = await app.call(path, {
    method: 'POST',
    body: Buffer.from(bytes),
    headers: { 'content-type': type },
  })
  return { ...answer, isMalformed: answer.status === 400 && answer.body['code'] === 'malformed_json' }
}

void describe('JSON', () => {
  void test('what is JSON is read, what is not is malformed_json', async (context) => {
    const proof = startProof(context, '6. JSON texts')
    assert.ok(VALID.length >= 40 && INVALID.length >= 60, `${VALID.length}, ${INVALID.length}`)
    for (const [texts, mustBeRead] of [
      [VALID, true],
      [INVALID, false],
    ] as const)
      for (const text of texts)
        for (const whole of [text, `{"prompt":${text}}`, `{"prompt":"x","image_url":[${text}]}`]) {
          if (!mustBeRead && isJson(Buffer.from(whole))) continue
          proof.try()
          const { isMalformed, status } = await send(whole)
          if (isMalformed === mustBeRead || status >= 500) proof.fail(`${JSON.stringify(whole)}: ${status}`)
        }
    for (const bytes of [
      [0xff],
      [0x22, 0xc0, 0xaf, 0x22],
      [0x22, 0xed, 0xa0, 0x80, 0x22],
      [0xff, 0xfe, 0x31, 0],
      [0x22, 0xf5, 0x80, 0x80, 0x80, 0x22],
    ]) {
      proof.try()
      if (!(await send(Buffer.from(bytes))).isMalformed) proof.fail(`bytes ${bytes.join()} were read`)
    }
    proof.end()
  })

  void test(`${JSON_MUTANTS} damaged bodies (seed ${SEED})`, async (context) => {
    const proof = startProof(context, '6. damaged JSON')
    const random = createRandom(SEED)
    const seeds = [
      { prompt: 'make it warmer', image_url: 'https://example.com/a.png', width: 512, seed: 7 },
      {
        prompt: 'é😀',
        image_urls: ['a', 'b'],
        style_images: [{ url: 'x', strength: 0.5 }],
        afterimage: { quality: 80 },
      },
      [{ a: [1, 2.5, -3e7, true, null] }, 'text'],
    ].map((value) => Buffer.from(JSON.stringify(value)))
    const statuses = new Map<number, number>()
    for (let n = 0; n < JSON_MUTANTS; n += 1) {
      proof.try()
      const bytes = mutate(seeds, random)
      const { status, isMalformed } = await send(bytes)
      statuses.set(status, (statuses.get(status) ?? 0) + 1)
      const wrong = bytes.length > 0 && isMalformed === isJson(bytes)
      if (status >= 500 || wrong) proof.fail(`${status} for ${Buffer.from(bytes).toString('base64')}`)
    }
    proof.end(JSON.stringify(Object.fromEntries(statuses)))
  })
})

void describe('forms', () => {
  void test(`${FORM_MUTANTS} damaged forms (seed ${SEED})`, async (context) => {
    const proof = startProof(context, '6. damaged forms')
    const random = createRandom(SEED + 2)
    const picture = createPngBomb(8, 'rgb8')
    const part = (head: string, content: Uint8Array | string): Buffer =>
      Buffer.concat([Buffer.from(`--b\r\n${head}\r\n\r\n`), Buffer.from(content), Buffer.from('\r\n')])
    const file = 'Content-Disposition: form-data; name="file"; filename="a.png"\r\nContent-Type: image/png'
    const text = 'Content-Disposition: form-data; name="description"'
    const end = Buffer.from('--b--\r\n')
    const seeds = [
      Buffer.concat([part(file, picture), end]),
      Buffer.concat([part(text, 'a cat'), part(file, picture), end]),
      Buffer.concat([part(`${file}\r\nContent-Transfer-Encoding: base64`, picture.toString('base64')), end]),
      Buffer.concat([
        part(file.replace('a.png', '%00../é".png'), picture),
        part(text, 'x'.repeat(3000)),
        end,
      ]),
    ]
    const statuses = new Map<number, number>()
    for (let n = 0; n < FORM_MUTANTS; n += 1) {
      proof.try()
      const bytes = mutate(seeds, random)
      const { status } = await send(bytes, 'multipart/form-data; boundary=b', '/assets')
      statuses.set(status, (statuses.get(status) ?? 0) + 1)
      if (status >= 500) proof.fail(`${status} for ${Buffer.from(bytes).toString('base64')}`)
    }
    assert.ok((statuses.get(200) ?? 0) > 0, 'some of them are harmless')
    proof.end(JSON.stringify(Object.fromEntries(statuses)))
  })
})
