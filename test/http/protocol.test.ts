/** Requests that are wrong before they mean anything: every answer is JSON of one shape. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { after, before, describe, test } from 'node:test'
import type { TestApp } from '../support/app.ts'
import { startTestApp } from '../support/app.ts'

const MODEL = '/generate/image/google/nano-banana-pro'
let app: TestApp
before(async () => {
  app = await startTestApp({ settings: { AFTERIMAGE_MAX_BODY_BYTES: '20000' } })
})
after(() => app.stop())

/** Sends bytes as they are; answers status and JSON body. */
async function raw(text: string): Promise<{ status: number; body: Record<string, unknown> }> {
  const socket = connect(Number(new URL(app.url).port), '127.0.0.1')
  socket.on('error', () => undefined)
  socket.write(text)
  let answer = ''
  socket.on('data', (chunk) => (answer += String(chunk)))
  await once(socket, 'close')
  const [head = '', body = ''] = answer.split('\r\n\r\n', 2)
  return { status: Number(head.split(' ')[1]), body: JSON.parse(body) as Record<string, unknown> }
}

function assertError(body: Record<string, unknown>, code: string): void {
  assert.equal(body['code'], code)
  assert.equal(typeof body['error'], 'string')
  assert.equal(body['error'], body['message'])
  assert.match(String(body['request_id']), /^.{8,}$/u)
}

void describe('paths and methods', () => {
  void test('unknown paths are JSON 404, whatever is sent to them', async () => {
    for (const path of ['/v2/jobs', '/job', '/generate', '/generate/image', '/files', '/healthz/x']) {
      const answer = await app.call(path, { key: null })
      assert.equal(answer.status, 404, path)
      assertError(answer.body, 'not_found')
    }
    assert.equal((await app.call('/nothing', { body: '{broken', key: null })).status, 404)
  })

  void test('a wrong method is 405 with Allow, before key and body', async () => {
    const cases = [
      ['PUT', '/jobs', 'GET, HEAD, OPTIONS'],
      ['PATCH', '/jobs/00000000-0000-0000-0000-000000000000', 'DELETE, GET, HEAD, OPTIONS'],
      ['GET', MODEL, 'OPTIONS, POST'],
      ['DELETE', '/healthz', 'GET, HEAD, OPTIONS'],
      ['PUT', '/assets', 'GET, HEAD, OPTIONS, POST'],
    ] as const
    for (const [method, path, allow] of cases) {
      const answer = await app.call(path, { method, key: null })
      assert.equal(answer.status, 405, `${method} ${path}`)
      assert.equal(answer.headers.get('allow'), allow)
      assertError(answer.body, 'method_not_allowed')
    }
  })

  void test('broken percent-encoding is 400, a path that climbs is 404', async () => {
    const broken = await raw('GET /files/%zz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
    assert.equal(broken.status, 400)
    assertError(broken.body, 'invalid_request')
    assert.equal(
      (await raw('GET /../../etc/passwd HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')).status,
      404,
    )
  })

  void test('what is no HTTP is 400, headers without end are 431', async () => {
    const garbage = await raw('this is not http\r\n\r\n')
    assert.equal(garbage.status, 400)
    assertError(garbage.body, 'invalid_request')
    const large = await raw(`GET / HTTP/1.1\r\nHost: a\r\nX-Large: ${'a'.repeat(40_000)}\r\n\r\n`)
    assert.equal(large.status, 431)
    assertError(large.body, 'headers_too_large')
  })

  void test('no Host is 400, two lengths are 400, unusual methods are 405 or 404', async () => {
    const noHost = await raw('GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n')
    assert.equal(noHost.status, 400)
    assertError(noHost.body, 'invalid_request')
    const smuggled = `POST ${MODEL} HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 5\r\n\r\n{}`
    assert.equal((await raw(smuggled)).status, 400)
    for (const method of ['PROPFIND', 'TRACE', 'PUT']) {
      const answer = await raw(`${method} /jobs HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`)
      assert.equal(answer.status, 405, method)
    }
    assert.equal((await raw('PROPFIND /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')).status, 404)
  })

  void test('an expectation that nobody can meet is 417', async () => {
    const { status, body } = await raw(
      `POST ${MODEL} HTTP/1.1\r\nHost: x\r\nExpect: banana\r\nContent-Length: 2\r\n\r\n{}`,
    )
    assert.equal(status, 417)
    assertError(body, 'expectation_failed')
    assert.match(String(body['error']), /found "banana"; only 100-continue/u)
  })

  void test("Krea's other routes are 501 and say so", async () => {
    const cases = [
      ['POST', '/generate/video/kling/kling-2'],
      ['POST', '/styles/train'],
      ['GET', '/styles'],
      ['PATCH', '/styles/1'],
      ['GET', '/node-apps/1'],
      ['POST', '/node-apps/1/execute'],
      ['POST', '/mcp'],
    ] as const
    for (const [method, path] of cases) {
      const answer = await app.call(path, { method, ...(method === 'POST' ? { body: 'x' } : {}) })
      assert.equal(answer.status, 501, path)
      assertError(answer.body, 'not_implemented')
    }
  })
})

void describe('request ids', () => {
  void test('a sane one is kept, another is replaced; success carries one too', async () => {
    const kept = await app.call('/nothing', { headers: { 'x-request-id': 'trace-12345678' } })
    assert.equal(kept.headers.get('x-request-id'), 'trace-12345678')
    assert.equal(kept.body['request_id'], 'trace-12345678')
    for (const id of ['short', 'a'.repeat(200), 'with space in it']) {
      const given = (await app.call('/healthz', { headers: { 'x-request-id': id } })).headers.get(
        'x-request-id',
      )
      assert.match(String(given), /^[0-9a-f-]{36}$/u, id)
    }
  })
})

void describe('bodies', () => {
  const json = { 'content-type': 'application/json' }

  void test('no JSON, bad UTF-8, too deep, __proto__, not an object: 400', async () => {
    const cases = [
      ['{broken', 'malformed_json'],
      ['', 'invalid_request'],
      ['"text"', 'invalid_request'],
      ['[]', 'invalid_request'],
      ['null', 'invalid_request'],
      ['['.repeat(5000), 'malformed_json'],
      ['['.repeat(100) + ']'.repeat(100), 'invalid_request'],
      ['{"__proto__":{"prompt":"x"}}', 'invalid_request'],
    ] as const
    for (const [body, code] of cases) {
      const answer = await app.call(MODEL, { method: 'POST', body, headers: json })
      assert.equal(answer.status, 400, body.slice(0, 40))
      assertError(answer.body, code)
    }
    const bytes = await app.call(MODEL, { body: Buffer.from([0x22, 0xff, 0x22]), headers: json })
    assertError(bytes.body, 'malformed_json')
  })

  void test('another content type is 415, also for JSON text', async () => {
    for (const type of ['text/plain', 'application/xml', 'application/x-www-form-urlencoded', 'nonsense']) {
      const answer = await app.call(MODEL, { body: '{"prompt":"x"}', headers: { 'content-type': type } })
      assert.equal(answer.status, 415, type)
      assertError(answer.body, 'unsupported_media_type')
    }
  })

  void test('a body over the limit is 413, announced or not', async () => {
    const body = JSON.stringify({ prompt: 'x'.repeat(20_000) })
    const announced = await app.call(MODEL, { body, headers: json })
    assert.equal(announced.status, 413)
    assertError(announced.body, 'payload_too_large')
    const chunks = new ReadableStream({
      start: (controller) => {
        for (let n = 0; n < 30; n += 1) controller.enqueue(Buffer.alloc(1000, 0x20))
        controller.close()
      },
    })
    // The browser's type of this member, which comes with the tests of the page, does not know it.
    const streamed: RequestInit & { duplex: 'half' } = {
      method: 'POST',
      body: chunks,
      duplex: 'half',
      headers: { ...json, authorization: `Bearer ${app.key}` },
    }
    assert.equal((await fetch(app.url + MODEL, streamed)).status, 413)
  })

  void test('a JSON content type without a body is no fault where none is needed', async () => {
    const id = '00000000-0000-0000-0000-000000000000'
    for (const [method, path] of [
      ['GET', '/jobs'],
      ['DELETE', `/jobs/${id}`],
      ['DELETE', `/assets/${id}`],
      ['POST', `/jobs/${id}/cancel`],
    ] as const) {
      const answer = await app.call(path, { method, headers: json })
      assert.notEqual(answer.status, 400, path)
      assert.notEqual(answer.status, 415, path)
    }
  })
})
