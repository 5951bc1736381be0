/** Requests whose end two readers may see in two places: what hides in them is never done. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { TestApp } from '../support/app.ts'
import { startTestApp } from '../support/app.ts'
import { startProof } from '../support/proof.ts'
import { exchange, statusesIn } from '../support/raw-http.ts'

/** An answer that is late on a busy machine must still be seen. */
const PATIENCE_MS = 3000
const SUBMIT = 'POST /generate/image/afterimage/edit HTTP/1.1'

let app: TestApp
before(async () => {
  app = await startTestApp()
})
after(() => app.stop())

const head = (line: string, ...fields: readonly string[]): string =>
  [line, 'Host: localhost', `Authorization: Bearer ${app.key}`, ...fields, '', ''].join('\r\n')
const chunk = (content: string): string => `${content.length.toString(16)}\r\n${content}\r\n`
const JSON_TYPE = 'Content-Type: application/json'
const CHUNKED = 'Transfer-Encoding: chunked'

/** Each is built around a whole request that deletes something. Whoever finds it inside has lost count. */
const CASES: Readonly<Record<string, (hidden: string) => string>> = {
  'a length that covers it, and chunks that end before it': (hidden) =>
    head(SUBMIT, JSON_TYPE, `Content-Length: ${hidden.length + 5}`, CHUNKED) + `0\r\n\r\n${hidden}`,
  'chunks that end before it, and a length that covers it': (hidden) =>
    head(SUBMIT, JSON_TYPE, CHUNKED, `Content-Length: ${hidden.length + 5}`) + `0\r\n\r\n${hidden}`,
  'a length that ends before it, and a chunk that covers it': (hidden) =>
    head(SUBMIT, JSON_TYPE, 'Content-Length: 4', CHUNKED) + `${chunk(hidden)}0\r\n\r\n`,
  'a small and a large length': (hidden) =>
    head(SUBMIT, JSON_TYPE, 'Content-Length: 2', `Content-Length: ${hidden.length + 2}`) + `{}${hidden}`,
  'a large and a small length': (hidden) =>
    head(SUBMIT, JSON_TYPE, `Content-Length: ${hidden.length + 2}`, 'Content-Length: 2') + `{}${hidden}`,
  'a list of lengths': (hidden) =>
    head(SUBMIT, JSON_TYPE, `Content-Length: 2, ${hidden.length + 2}`) + `{}${hidden}`,
  'a signed length': (hidden) => head(SUBMIT, JSON_TYPE, 'Content-Length: +2') + `{}${hidden}`,
  'a negative length': (hidden) => head(SUBMIT, JSON_TYPE, 'Content-Length: -1') + hidden,
  'a hexadecimal length': (hidden) => head(SUBMIT, JSON_TYPE, 'Content-Length: 0x2') + `{}${hidden}`,
  'a length with a second number': (hidden) =>
    head(SUBMIT, JSON_TYPE, `Content-Length: 2 ${hidden.length + 2}`) + `{}${hidden}`,
  'a length that wraps around': (hidden) =>
    head(SUBMIT, JSON_TYPE, 'Content-Length: 18446744073709551618') + `{}${hidden}`,
  'a space before the colon of the length': (hidden) =>
    head(SUBMIT, JSON_TYPE, 'Content-Length : 2') + `{}${hidden}`,
  'a space before the colon of the coding': (hidden) =>
    head(SUBMIT, JSON_TYPE, `Content-Length: ${hidden.length + 5}`, 'Transfer-Encoding : chunked') +
    `0\r\n\r\n${hidden}`,
  'a coding that only looks like chunked': (hidden) =>
    head(SUBMIT, JSON_TYPE, `Content-Length: ${hidden.length + 5}`, 'Transfer-Encoding: xchunked') +
    `0\r\n\r\n${hidden}`,
  'a coding behind a vertical tab': (hidden) =>
    head(SUBMIT, JSON_TYPE, `Content-Length: ${hidden.length + 5}`, 'Transfer-Encoding:\vchunked') +
    `0\r\n\r\n${hidden}`,
  'a coding on a folded line': (hidden) =>
    head(SUBMIT, JSON_TYPE, `Content-Length: ${hidden.length + 5}`, 'Transfer-Encoding:\r\n chunked') +
    `0\r\n\r\n${hidden}`,
  'a coding behind a bare line feed': (hidden) =>
    head(SUBMIT, JSON_TYPE, `Content-Length: ${hidden.length + 5}`, `X: y\n${CHUNKED}`) +
    `0\r\n\r\n${hidden}`,
  'a coding behind a bare carriage return': (hidden) =>
    head(SUBMIT, JSON_TYPE, `Content-Length: ${hidden.length + 5}`, `X: y\r${CHUNKED}`) +
    `0\r\n\r\n${hidden}`,
  'chunked, and then another coding': (hidden) =>
    head(SUBMIT, JSON_TYPE, 'Transfer-Encoding: chunked, identity') + `0\r\n\r\n${hidden}`,
  'chunked and another coding in two fields': (hidden) =>
    head(SUBMIT, JSON_TYPE, CHUNKED, 'Transfer-Encoding: x') + `0\r\n\r\n${hidden}`,
  'a line feed in the extension of a chunk': (hidden) =>
    head(SUBMIT, JSON_TYPE, CHUNKED) + `2;\nxx\r\n${hidden.length.toString(16)}\r\n0\r\n\r\n${hidden}`,
  'a signed size of a chunk': (hidden) => head(SUBMIT, JSON_TYPE, CHUNKED) + `+0\r\n\r\n${hidden}`,
  'a hexadecimal prefix of a size': (hidden) => head(SUBMIT, JSON_TYPE, CHUNKED) + `0x0\r\n\r\n${hidden}`,
  'a size that wraps around': (hidden) =>
    head(SUBMIT, JSON_TYPE, CHUNKED) + `10000000000000000\r\n\r\n${hidden}`,
  'a chunk that is longer than its size': (hidden) =>
    head(SUBMIT, JSON_TYPE, CHUNKED) + `1\r\n{}\r\n0\r\n\r\n${hidden}`,
  'chunks that end with bare line feeds': (hidden) =>
    head(SUBMIT, JSON_TYPE, CHUNKED) + `2\n{}\n0\n\n${hidden}`,
  'a head that ends with bare line feeds': (hidden) =>
    `${SUBMIT}\nHost: a\nContent-Length: ${hidden.length}\n\n${hidden}`,
  'a field before the first one, indented': (hidden) =>
    `${SUBMIT}\r\n ${CHUNKED}\r\nHost: a\r\nContent-Length: ${hidden.length + 5}\r\n\r\n0\r\n\r\n${hidden}`,
  'the body of a path that nobody serves': (hidden) =>
    head('POST /nothing HTTP/1.1', JSON_TYPE, `Content-Length: ${hidden.length}`) + hidden,
  'the body of a refused request': (hidden) =>
    [`${SUBMIT}\r\nHost: a\r\n${JSON_TYPE}\r\nContent-Length: ${hidden.length}`, hidden].join('\r\n\r\n'),
  'the body of a GET': (hidden) =>
    head('GET /healthz HTTP/1.1', JSON_TYPE, `Content-Length: ${hidden.length}`) + hidden,
  'the body of a HEAD': (hidden) =>
    head('HEAD /healthz HTTP/1.1', JSON_TYPE, `Content-Length: ${hidden.length}`) + hidden,
  'the body of a preflight': (hidden) =>
    head('OPTIONS /jobs HTTP/1.1', 'Origin: http://x', JSON_TYPE, `Content-Length: ${hidden.length}`) +
    hidden,
  'the body of a type that nobody takes': (hidden) =>
    head(SUBMIT, 'Content-Type: text/plain', `Content-Length: ${hidden.length}`) + hidden,
  'the body behind an expectation that is refused': (hidden) =>
    head(SUBMIT, JSON_TYPE, 'Expect: 200-maybe', `Content-Length: ${hidden.length}`) + hidden,
  'the body behind an upgrade to HTTP/2': (hidden) =>
    head(
      'GET /healthz HTTP/1.1',
      'Connection: Upgrade, HTTP2-Settings',
      'Upgrade: h2c',
      'HTTP2-Settings: AAMAAABk',
      `Content-Length: ${hidden.length}`,
    ) + hidden,
  'what follows a tunnel': (hidden) => head('CONNECT localhost:80 HTTP/1.1') + hidden,
  'a length that a proxy is told to drop': (hidden) =>
    head(SUBMIT, JSON_TYPE, 'Connection: Content-Length', `Content-Length: ${hidden.length}`) + hidden,
}

async function newVictim(): Promise<{ id: string; deletion: string }> {
  const id = String((await app.upload())['id'])
  return { id, deletion: head(`DELETE /assets/${id} HTTP/1.1`) }
}

async function isThere(id: string): Promise<boolean> {
  return (await app.call(`/assets/${id}`)).status === 200
}

void describe('smuggled requests', () => {
  void test('are never done, and never get an answer', async (context) => {
    const proof = startProof(context, '10. request smuggling')
    const outcomes = new Map<string, number>()
    const trial = async ([name, build]: readonly [string, (hidden: string) => string]): Promise<void> => {
      proof.try()
      const { id, deletion } = await newVictim()
      const { text, isClosed } = await exchange(app.url, build(deletion), PATIENCE_MS)
      const statuses = statusesIn(text)
      const outcome = `${statuses.join()}${isClosed ? ' and closed' : ''}`
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
      if (!(await isThere(id))) proof.fail(`${name}: the hidden request was done (${outcome})`)
      if (statuses.length > 1 || statuses.some((status) => status >= 500 && status !== 503))
        proof.fail(`${name}: ${outcome}`)
    }
    await Promise.all(Object.entries(CASES).map(trial))
    proof.end(JSON.stringify(Object.fromEntries(outcomes)))
  })

  void test('the same bytes in the open are done, so that the above can fail', async () => {
    const { id, deletion } = await newVictim()
    const good = head(SUBMIT, JSON_TYPE, 'Content-Length: 2') + '{}'
    const { text } = await exchange(
      app.url,
      good + deletion.replace('\r\n', '\r\nConnection: close\r\n'),
      PATIENCE_MS,
    )
    assert.deepEqual(statusesIn(text), [400, 200])
    assert.equal(await isThere(id), false)
  })

  void test('chunks with extensions and trailers leave the next request in its place', async () => {
    const chunked = head(SUBMIT, JSON_TYPE, CHUNKED) + '2;name="a;b"\r\n{}\r\n0\r\nX-Trailer: 1\r\n\r\n'
    const next = head('GET /nothing HTTP/1.1', 'Connection: close')
    const { text } = await exchange(app.url, chunked + next, PATIENCE_MS)
    assert.deepEqual(statusesIn(text), [400, 404])
  })
})
