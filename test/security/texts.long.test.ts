/**
 * JSON that is right or wrong by the way it is built, so that no reader has to be believed; and texts that other programs
 * stumble over, which must come back as they went in.
 */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { TestApp } from '../support/app.ts'
import { form, startTestApp } from '../support/app.ts'
import { createRandom } from '../support/mutants.ts'
import { share, startProof } from '../support/proof.ts'

const SEED = Number(process.env['AFTERIMAGE_TEST_SEED'] ?? 20_261_125)
const TEXTS = share(1000, 10_000)
const PATH = '/generate/image/afterimage/edit?dry_run=1'

type Random = (below: number) => number

let app: TestApp
before(async () => {
  app = await startTestApp()
})
after(() => app.stop())

const GOOD_LEAVES = [
  'null',
  'true',
  'false',
  '0',
  '-0',
  '7',
  '-12',
  '0.5',
  '1E400',
  '-1e-400',
  '1e+2',
  '9'.repeat(400),
  '""',
  '"a"',
  '"\\u0000"',
  '"\\uD800"',
  '"\\uDBFF\\uDFFF"',
  '"\\/\\b\\f\\n\\r\\t\\"\\\\"',
  '"\u2028\u2029\ufeff"',
  '"\u007f"',
  '"😀"',
  '"\\u00e9é"',
  '[]',
  '{}',
  '[ ]',
  '{ }',
  '{"":0}',
  '{"a":1,"a":2}',
  '[null]',
  '"[1,"',
  '"//"',
]
/** None of them becomes right by what stands around it. */
const BAD_LEAVES = [
  '01',
  '-01',
  '+1',
  '1.',
  '.5',
  '-.5',
  '1e',
  '1e+',
  '1eE2',
  '0e',
  '-',
  '--1',
  '0x1F',
  '1_000',
  '1 000',
  '1e1.5',
  '1.2.3',
  'NaN',
  '-NaN',
  'Infinity',
  'nul',
  'tru',
  'True',
  'NULL',
  'undefined',
  "'a'",
  '`a`',
  '"\\x41"',
  '"\\u12"',
  '"\\uZZZZ"',
  '"\\U0041"',
  '"\\0"',
  '"\\a"',
  '"\\\u00e9"',
  '"a\nb"',
  '"\t"',
  '"\r"',
  '"\0"',
  '"\u001f"',
  '"\\',
  '[1,]',
  '[,1]',
  '[,]',
  '[1,,2]',
  '[1 2]',
  '[1;2]',
  '[1}',
  '{]',
  '{,}',
  '{"a"}',
  '{"a":}',
  '{"a":1,}',
  '{"a" 1}',
  '{"a"::1}',
  '{"a":1 "b":2}',
  '{a:1}',
  "{'a':1}",
  '{1:1}',
  '{null:1}',
  '{"a":1,,"b":2}',
  '{[]:1}',
  '/**/1',
  '1//',
  '#1',
  '<a/>',
  '(1)',
  '"a" "b"',
  '"a"b',
  '\u00a01',
  '\f1',
  '\v1',
  '\u20281',
  '\ufeff1',
  '$1',
  '@',
  '&',
  '*',
]
const SPACES = ['', '', '', ' ', '\t', '\n', '\r\n', '  ']

function pick<Item>(random: Random, items: readonly Item[]): Item {
  return items[random(items.length)] as Item
}

/** The leaf inside arrays and objects whose other members are right. */
function wrap(random: Random, leaf: string, depth: number): string {
  const space = (): string => pick(random, SPACES)
  let text = leaf
  for (let level = 0; level < depth; level += 1) {
    const isArray = random(2) === 0
    const other = (): string => (isArray ? '' : `"k${random(99)}":`) + space() + pick(random, GOOD_LEAVES)
    const own = (isArray ? '' : `"own"${space()}:`) + space() + text + space()
    const members = [
      ...Array.from({ length: random(3) }, other),
      own,
      ...Array.from({ length: random(3) }, other),
    ]
    const inside = members.join(`${space()},${space()}`)
    text = isArray ? `[${inside}]` : `{${inside}}`
  }
  return space() + text + space()
}

void describe('JSON by its grammar', () => {
  void test(
    `${TEXTS} right and ${TEXTS} wrong texts (seed ${SEED})`,
    { timeout: 1_200_000 },
    async (context) => {
      const proof = startProof(context, '6. JSON by its grammar')
      const random = createRandom(SEED)
      for (let n = 0; n < 2 * TEXTS; n += 1) {
        proof.try()
        const isRight = n % 2 === 0
        const leaves = isRight ? GOOD_LEAVES : BAD_LEAVES
        const text = wrap(random, leaves[Math.floor(n / 2) % leaves.length] ?? '', 1 + random(6))
        const answer = await app.call(PATH, {
          method: 'POST',
          body: text,
          headers: { 'content-type': 'application/json' },
        })
        const isMalformed = answer.status === 400 && answer.body['code'] === 'malformed_json'
        if (answer.status >= 500 || isMalformed === isRight)
          proof.fail(`${JSON.stringify(text).slice(0, 300)}: ${answer.status} ${String(answer.body['code'])}`)
      }
      proof.end(`${GOOD_LEAVES.length} right and ${BAD_LEAVES.length} wrong kinds`)
    },
  )
})

const range = (from: number, count: number): string[] =>
  Array.from({ length: count }, (_, n) => String.fromCodePoint(from + n))
/** By the classes that lists of naughty texts have: each may be written by an honest person. */
const NAUGHTY: readonly string[] = [
  'undefined',
  'null',
  'NULL',
  '(null)',
  'nil',
  'NIL',
  'true',
  'False',
  'hasOwnProperty',
  'constructor',
  '__proto__',
  '0',
  '-0',
  '1.0',
  '1e309',
  'NaN',
  'Infinity',
  '0x0',
  '٣٤',
  '１２',
  '1,000.00',
  '1/0',
  '08',
  '1#INF',
  '--1',
  '1;DROP TABLE jobs',
  "' OR 1=1 -- 1",
  "'; EXEC sp_x --",
  '%',
  '_',
  "\\'",
  '"',
  '`',
  "''''",
  '\\\\',
  '\\0',
  '<script>alert(1)</script>',
  '"><img src=x onerror=1>',
  '&lt;b&gt;',
  '<!--#exec cmd="x"-->',
  ']]>',
  '{{7*7}}',
  '${7*7}',
  '#{7*7}',
  '<%= 7 %>',
  '$(touch x)',
  '`touch x`',
  '| cat',
  '; ls',
  '&& ls',
  '%x',
  '%s%n%p',
  '%*.*s',
  '../../etc/passwd',
  'C:\\con\\con',
  'file:///x',
  'COM1',
  'AUX',
  '/dev/null; touch x',
  'javascript:1',
  'data:,x',
  '田中さん',
  '찦차를',
  'Ⱥ',
  'ﬀ',
  'İi',
  'ß',
  'Ω≈ç√',
  'ᚠᛇᚻ',
  'שלום',
  'مرحبا',
  'ไทย',
  'हिन्दी',
  '\u{20000}',
  '🏳\u200d🌈',
  '👩‍👩‍👧‍👦',
  '🇩🇪',
  '1️⃣',
  'Z͑ͫ̓ͪ̂ͫ̽͏̴a̸l̷g̵o̶',
  '\u202eabc',
  '\u2066x\u2069',
  '\u200b',
  '\ufeffx',
  'a\u0301',
  '\u00e1',
  '\u1680',
  '\u3000x',
  'a\rb',
  'a\nb',
  'a\r\n\r\nb',
  'a\tb',
  ' leading',
  'trailing ',
  '\u0085',
  '\u2028',
  '\u2029',
  '\ufffd',
  '\ufffe',
  '\uffff',
  'x'.repeat(3000),
  '😀'.repeat(900),
  '('.repeat(1000),
  `${'a'.repeat(40)}!`,
  '"'.repeat(1000),
  '\\'.repeat(1000),
  ...range(0x01, 31).map((control) => `a${control}b`),
  ...range(0x7f, 34).map((control) => `a${control}b`),
  ...range(0x2000, 16).map((space) => `a${space}b`),
]

void describe('naughty texts', () => {
  void test(`${NAUGHTY.length} of them come back as they went in`, { timeout: 600_000 }, async (context) => {
    const proof = startProof(context, '6. naughty texts')
    for (const text of NAUGHTY) {
      proof.try()
      const name = JSON.stringify(text).slice(0, 60)
      const dry = await app.call(PATH, { json: { prompt: text, image_url: 'data:,x' } })
      if (dry.status >= 500) proof.fail(`${name} as a prompt: ${dry.status}`)
      const key = await app.call('/keys', { json: { name: text.slice(0, 50) } })
      if (key.status !== 200 && key.status !== 400) proof.fail(`${name} as the name of a key: ${key.status}`)
      if (key.status === 200 && key.body['name'] !== text.slice(0, 50)) proof.fail(`${name} changed in a key`)
      const data = form()
      // A form has one kind of line break.
      const sent = text.replaceAll(/\r\n|\r|\n/gu, '\r\n')
      data.append('description', sent)
      const { status, body } = await app.call('/assets', { body: data, method: 'POST' })
      if (status !== 200) proof.fail(`${name} as a description: ${status}`)
      const stored = (await app.call(`/assets/${String(body['id'])}`)).body
      if (status === 200 && stored['description'] !== sent) proof.fail(`${name} changed in a description`)
      await app.call(`/assets/${String(body['id'])}`, { method: 'DELETE' })
      for (const path of [
        `/jobs?cursor=${encodeURIComponent(text)}`,
        `/models/${encodeURIComponent(text)}/x`,
      ]) {
        const found = await app.call(path)
        if (found.status >= 500) proof.fail(`${name} in ${path.slice(0, 20)}: ${found.status}`)
      }
    }
    assert.ok(NAUGHTY.length > 150)
    proof.end()
  })
})
