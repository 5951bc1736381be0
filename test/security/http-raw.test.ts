/** Bytes that are no decent HTTP: the server answers 4xx in our JSON or hangs up, and serves the next caller. */
import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { after, before, describe, test } from 'node:test'
import type { TestApp } from '../support/app.ts'
import { startTestApp } from '../support/app.ts'
import { createRandom, mutate } from '../support/mutants.ts'
import { share, startProof } from '../support/proof.ts'
import { exchange as exchangeRaw, statusesIn } from '../support/raw-http.ts'

const SEED = Number(process.env['AFTERIMAGE_TEST_SEED'] ?? 20_261_125)
const MUTANTS = share(1500, 6000)
/** What an answer may take before we hang up; a half request rightly gets none. */
const PATIENCE_MS = 300
const AT_ONCE = 50

let app: TestApp
before(async () => {
  app = await startTestApp({ settings: { AFTERIMAGE_MAX_BODY_BYTES: '100000' } })
})
after(() => app.stop())

const head = (line: string, ...lines: readonly string[]): string =>
  [line, 'Host: localhost', `Authorization: Bearer ${app.key}`, ...lines, '', ''].join('\r\n')
const CHUNKED = ['Content-Type: application/json', 'Transfer-Encoding: chunked']
const SUBMIT = 'POST /generate/image/afterimage/edit HTTP/1.1'

async function exchange(bytes: Uint8Array | string, patienceMs = PATIENCE_MS): Promise<string> {
  return (await exchangeRaw(app.url, bytes, patienceMs)).text
}

/** 503 is the Studio where it was not built. */
function assertNoFault(answer: string, name: string): void {
  for (const status of statusesIn(answer))
    assert.ok(status < 500 || status === 501 || status === 503, `${name}: ${status}`)
}

async function assertAlive(): Promise<void> {
  assert.equal((await app.call('/healthz')).status, 200)
}

void describe('raw HTTP', () => {
  void test('requests that mean two things are refused, and nothing smuggled in them is answered', async () => {
    const smuggled = 'GET /jobs HTTP/1.1\r\nHost: x\r\n\r\n'
    const cases = {
      'length and chunks': head(SUBMIT, ...CHUNKED, 'Content-Length: 5') + `0\r\n\r\n${smuggled}`,
      'two lengths': head(SUBMIT, 'Content-Length: 2', 'Content-Length: 40') + `{}${smuggled}`,
      'signed length': head(SUBMIT, 'Content-Length: +2') + '{}',
      'negative length': head(SUBMIT, 'Content-Length: -2') + '{}',
      'length list': head(SUBMIT, 'Content-Length: 2, 2') + '{}',
      'huge length': head(SUBMIT, 'Content-Length: 99999999999999999999') + '{}',
      'chunks twice': head(SUBMIT, ...CHUNKED, 'Transfer-Encoding: identity') + '0\r\n\r\n',
      'bad chunk size': head(SUBMIT, ...CHUNKED) + 'zz\r\n{}\r\n0\r\n\r\n',
      'endless chunk size': head(SUBMIT, ...CHUNKED) + `${'f'.repeat(40)}\r\n`,
      'space before colon': head(SUBMIT, 'Content-Length : 2') + '{}',
      'bare line feed': `${SUBMIT}\nHost: x\n\n`,
      'folded header': head('GET /jobs HTTP/1.1', 'X-A: 1\r\n b'),
      'nul in a header': head('GET /jobs HTTP/1.1', 'X-A: \0'),
      'two hosts': head('GET /healthz HTTP/1.1', 'Host: evil.example'),
      'header flood': head('GET /healthz HTTP/1.1', ...Array.from({ length: 3000 }, (_, n) => `X-${n}: 1`)),
      'one long header': head('GET /healthz HTTP/1.1', `X: ${'a'.repeat(70_000)}`),
      'long path': head(`GET /${'a'.repeat(70_000)} HTTP/1.1`),
      'HTTP/9': head('GET / HTTP/9.9'),
      'HTTP/2 preface': 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
      TLS: '\x16\x03\x01\x02\x00\x01\x00',
      'unknown method': head('BREW /jobs HTTP/1.1'),
      tunnel: head('CONNECT 169.254.169.254:80 HTTP/1.1'),
      expectation: head(SUBMIT, 'Expect: 200-maybe', 'Content-Length: 2') + '{}',
    }
    for (const [name, bytes] of Object.entries(cases)) {
      const answer = await exchange(bytes)
      assertNoFault(answer, name)
      assert.ok(!answer.includes('"items"'), `${name}: the smuggled request was answered`)
      // Two Host fields and other faults that Node lets pass may be 200; what submits must not be.
      if (bytes.startsWith('POST')) assert.ok(!statusesIn(answer).includes(200), name)
    }
    await assertAlive()
  })

  void test('absolute-form, asterisk and authority targets lead nowhere else', async () => {
    for (const target of [
      'http://169.254.169.254/latest',
      'http://localhost/jobs',
      '*',
      '//evil.example/jobs',
      '/../../etc/passwd',
      '/files/../jobs',
      '/%2e%2e/jobs',
      '/%',
      '/%zz',
      '/%c0%ae',
      '?x',
      '',
    ])
      for (const method of ['GET', 'OPTIONS', 'HEAD'])
        assertNoFault(
          await exchange(`${method} ${target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`),
          target,
        )
    await assertAlive()
  })

  void test('100 pipelined requests get 100 answers in order', async () => {
    const pipeline = Array.from({ length: 100 }, (_, n) =>
      head(n % 2 === 0 ? 'GET /healthz HTTP/1.1' : 'GET /nothing HTTP/1.1'),
    ).join('')
    const statuses = statusesIn(await exchange(pipeline, 3000))
    assert.deepEqual(
      statuses,
      Array.from({ length: 100 }, (_, n) => (n % 2 === 0 ? 200 : 404)),
    )
  })

  void test(
    `${MUTANTS} mutants of good requests (seed ${SEED}) never make a 5xx`,
    { timeout: 1_200_000 },
    async (context) => {
      const proof = startProof(context, '6. damaged HTTP')
      const body = '{"prompt":"warmer","image_url":"x"}'
      const form =
        '--b\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\nxx\r\n--b--\r\n'
      const seeds = [
        head('GET /jobs?limit=3 HTTP/1.1'),
        head(SUBMIT, 'Content-Type: application/json', `Content-Length: ${body.length}`) + body,
        head(SUBMIT, ...CHUNKED) + `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`,
        head(
          'POST /assets HTTP/1.1',
          'Content-Type: multipart/form-data; boundary=b',
          `Content-Length: ${form.length}`,
        ) + form,
        head(
          'GET /files/00000000000000000000000000000000.png HTTP/1.1',
          'Range: bytes=0-1',
          'If-None-Match: *',
        ),
        head('OPTIONS /jobs HTTP/1.1', 'Origin: http://x', 'Access-Control-Request-Method: POST'),
      ].map((text) => Buffer.from(text))
      const random = createRandom(SEED)
      const statuses = new Map<number, number>()
      for (let done = 0; done < MUTANTS; done += AT_ONCE) {
        const batch = Array.from({ length: AT_ONCE }, () => mutate(seeds, random))
        const answers = await Promise.all(batch.map((bytes) => exchange(bytes)))
        for (const [index, answer] of answers.entries()) {
          assertNoFault(answer, JSON.stringify(Buffer.from(batch[index] ?? []).toString('latin1')))
          for (const status of statusesIn(answer)) statuses.set(status, (statuses.get(status) ?? 0) + 1)
        }
      }
      await assertAlive()
      proof.try(MUTANTS)
      proof.end(JSON.stringify(Object.fromEntries(statuses)))
    },
  )

  void test('300 slow connections do not keep others out, and are cut', async (context) => {
    const sockets = Array.from({ length: 300 }, () => connect(Number(new URL(app.url).port), '127.0.0.1'))
    let closed = 0
    const all = Promise.withResolvers<void>()
    for (const socket of sockets) {
      socket.on('error', () => undefined)
      socket.on('close', () => ((closed += 1) === sockets.length ? all.resolve() : undefined))
      socket.resume()
      socket.write('GET /jobs HTTP/1.1\r\nHost: local')
    }
    const started = performance.now()
    await assertAlive()
    const firstMs = performance.now() - started
    assert.ok(firstMs < 2000, `another caller waited ${firstMs} ms`)
    await all.promise
    context.diagnostic(`300 cut after ${Math.round(performance.now() - started)} ms`)
    assert.ok(performance.now() - started < 20_000)
  })
})

void describe('forms', () => {
  const part = (name: string, more: string, content: string): string =>
    `--b\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n${content}\r\n`
  const cases: Readonly<Record<string, [type: string, body: string]>> = {
    'no boundary': ['multipart/form-data', part('file', '; filename="a"', 'x')],
    'empty boundary': ['multipart/form-data; boundary=', part('file', '; filename="a"', 'x')],
    'long boundary': [`multipart/form-data; boundary=${'b'.repeat(5000)}`, 'x'],
    'empty body': ['multipart/form-data; boundary=b', ''],
    'only the end': ['multipart/form-data; boundary=b', '--b--\r\n'],
    truncated: ['multipart/form-data; boundary=b', part('file', '; filename="a"', 'x').slice(0, -2)],
    'truncated header': ['multipart/form-data; boundary=b', '--b\r\nContent-Dispo'],
    nested: [
      'multipart/form-data; boundary=b',
      '--b\r\nContent-Disposition: form-data; name="file"\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n--c\r\n\r\nx\r\n--c--\r\n--b--\r\n',
    ],
    '10,000 fields': ['multipart/form-data; boundary=b', `${part('a', '', 'x').repeat(10_000)}--b--\r\n`],
    '10,000 files': [
      'multipart/form-data; boundary=b',
      `${part('file', '; filename="a"', 'x').repeat(10_000)}--b--\r\n`,
    ],
    'huge part header': [
      'multipart/form-data; boundary=b',
      part('file', `; filename="${'a'.repeat(200_000)}"`, 'x'),
    ],
    '5,000 part headers': [
      'multipart/form-data; boundary=b',
      `--b\r\n${'X-A: 1\r\n'.repeat(5000)}\r\nx\r\n--b--\r\n`,
    ],
    'name of a prototype': [
      'multipart/form-data; boundary=b',
      `${part('__proto__', '', 'x')}${part('constructor', '; filename="a"', 'x')}--b--\r\n`,
    ],
    'path as file name': [
      'multipart/form-data; boundary=b',
      `${part('file', '; filename="../../../etc/passwd\\0.png"', 'x')}--b--\r\n`,
    ],
    'text as file': ['multipart/form-data; boundary=b', `${part('file', '', 'x')}--b--\r\n`],
    'two files': [
      'multipart/form-data; boundary=b',
      `${part('file', '; filename="a"', 'x')}${part('file', '; filename="b"', 'x')}--b--\r\n`,
    ],
    'long description': [
      'multipart/form-data; boundary=b',
      `${part('description', '', 'x'.repeat(100_000))}--b--\r\n`,
    ],
    base64: [
      'multipart/form-data; boundary=b',
      `--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\nContent-Transfer-Encoding: base64\r\n\r\neHg=\r\n--b--\r\n`,
    ],
    'urlencoded form': ['application/x-www-form-urlencoded', 'file=x'],
    'XML with an entity': [
      'application/xml',
      '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
    ],
  }

  void test('broken ones are refused in our words, quickly', async (context) => {
    for (const [name, [type, body]] of Object.entries(cases)) {
      const started = performance.now()
      const answer = await app.call('/assets', { method: 'POST', body, headers: { 'content-type': type } })
      assert.ok(answer.status >= 400 && answer.status < 500, `${name}: ${answer.status}`)
      assert.equal(typeof answer.body['code'], 'string', name)
      assert.doesNotMatch(JSON.stringify(answer.body), /busboy|node_modules|at .*\.js|\/tmp\//iu, name)
      assert.ok(performance.now() - started < 5000, name)
    }
    context.diagnostic(`tried ${Object.keys(cases).length}`)
    await assertAlive()
  })
})
