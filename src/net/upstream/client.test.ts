import assert from 'node:assert/strict'
import type { RequestListener } from 'node:http'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import type { TestServer } from '../../../test/support/http-server.ts'
import { startServer } from '../../../test/support/http-server.ts'
import { upstreamFaultOf } from '../../core/upstream-fault.ts'
import { jsonBody } from './body.ts'
import type { UpstreamCall, UpstreamClient, UpstreamClientOptions } from './client.ts'
import { createUpstreamClient } from './client.ts'

const SECRET = 'sk-secret-0123456789'

async function withClient(
  listener: RequestListener,
  run: (client: UpstreamClient, server: TestServer) => Promise<void>,
  options: Partial<UpstreamClientOptions> = {},
): Promise<void> {
  const server = await startServer(listener, { host: '127.0.0.1' })
  const client = createUpstreamClient({
    vendor: 'Vendor',
    secretVariable: 'VENDOR_KEY',
    origin: `http://127.0.0.1:${server.port}`,
    secret: () => SECRET,
    authorize: (secret) => ({ authorization: `Bearer ${secret}` }),
    clock: { now: () => 0 },
    ...options,
  })
  try {
    await run(client, server)
  } finally {
    await client.close()
    await server.close()
  }
}

function call(more: Partial<UpstreamCall> = {}): UpstreamCall {
  const signal = new AbortController().signal
  return { method: 'POST', path: '/make', body: jsonBody({ a: 1 }), isBillable: true, signal, ...more }
}
const poll = (): UpstreamCall => {
  const { body: _, ...rest } = call({ method: 'GET', path: '/job', isBillable: false })
  return rest
}

async function faultOf(sent: Promise<unknown>) {
  const error: unknown = await sent.then(
    () => null,
    (thrown: unknown) => thrown,
  )
  const fault = upstreamFaultOf(error)
  assert.ok(fault !== null && error instanceof Error, String(error))
  return { ...fault, message: error.message }
}

void test('the body arrives whole, with its length and the key', async () => {
  await withClient(
    (request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => {
        const body = Buffer.concat(chunks).toString()
        response.end(JSON.stringify({ body, headers: request.headers }))
      })
    },
    async (client) => {
      const { json } = await client.send(call())
      const { body, headers } = json as { body: string; headers: Record<string, string> }
      assert.equal(body, '{"a":1}')
      assert.equal(headers['content-length'], '7')
      assert.equal(headers.authorization, `Bearer ${SECRET}`)
    },
  )
})

void test('billable calls never share a connection, polls do', async () => {
  await withClient(
    (_request, response) => response.end('{}'),
    async (client, server) => {
      for (let index = 0; index < 3; index += 1) await client.send(call())
      assert.equal(server.connections(), 3)
      for (let index = 0; index < 3; index += 1) await client.send(poll())
      assert.ok(server.connections() < 6)
    },
  )
})

void test('a redirect is not followed: the key stays here', async () => {
  let hits = 0
  await withClient(
    (_request, response) => {
      hits += 1
      response.writeHead(302, { location: '/elsewhere' }).end()
    },
    async (client) => {
      assert.equal((await faultOf(client.send(call()))).kind, 'bad_response')
      assert.equal(hits, 1)
    },
  )
})

void test('an answer past the limit is useless, compressed or not', async () => {
  const large = JSON.stringify({ text: 'x'.repeat(5000) })
  await withClient(
    (request, response) => {
      const isZipped = request.url === '/zipped'
      response.writeHead(200, isZipped ? { 'content-encoding': 'gzip' } : {})
      response.end(isZipped ? gzipSync(large) : large)
    },
    async (client) => {
      for (const path of ['/plain', '/zipped']) {
        const fault = await faultOf(client.send(call({ path })))
        assert.equal(fault.kind, 'bad_response')
        assert.match(fault.message, /more than 1000 bytes/u)
      }
    },
    { maxAnswerBytes: 1000 },
  )
})

void test('a compressed answer is read all the same: it is paid for', async () => {
  await withClient(
    (_request, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('{"fine":true}')),
    async (client) => assert.deepEqual((await client.send(call())).json, { fine: true }),
  )
})

void test('a status alone is read by what it says about money', async () => {
  const cases: readonly (readonly [number, string, string])[] = [
    [400, 'invalid_input', 'no'],
    [402, 'quota', 'no'],
    [403, 'auth', 'no'],
    [408, 'outcome_unknown', 'maybe'],
    [410, 'not_found', 'no'],
    [418, 'invalid_input', 'no'],
    [429, 'rate_limited', 'no'],
    [500, 'transient', 'maybe'],
    [502, 'outcome_unknown', 'maybe'],
    [503, 'transient', 'no'],
    [524, 'outcome_unknown', 'maybe'],
    [599, 'outcome_unknown', 'maybe'],
  ]
  await withClient(
    (request, response) => response.writeHead(Number(request.url?.slice(1))).end('<h1>no</h1>'),
    async (client) => {
      for (const [status, kind, charged] of cases) {
        const fault = await faultOf(client.send(call({ path: `/${status}` })))
        assert.deepEqual([status, fault.kind, fault.charged], [status, kind, charged])
      }
    },
  )
})

void test('a poll never loses an outcome and never says unpaid', async () => {
  await withClient(
    (_request, response) => response.writeHead(504).end(),
    async (client) => {
      const fault = await faultOf(client.send(poll()))
      assert.deepEqual([fault.kind, fault.charged, fault.call], ['transient', 'maybe', 'follow'])
    },
  )
  await withClient(
    (request) => request.socket.destroy(),
    async (client) => assert.equal((await faultOf(client.send(poll()))).kind, 'transient'),
  )
  await withClient(
    () => undefined,
    async (client) => assert.equal((await faultOf(client.send(poll()))).kind, 'timeout'),
    { timeouts: { total: 100 } },
  )
})

void test("the vendor's sentence is shown without key and prompt", async () => {
  await withClient(
    (_request, response) => response.writeHead(400).end('{}'),
    async (client) => {
      const { message } = await faultOf(client.send(call({ known: ['a red fox'] })))
      assert.equal(message, 'Vendor does not accept this request (400, invalid_value, size): … is bad with …')
    },
    {
      readVerdict: () => ({
        code: 'invalid_value',
        param: 'size',
        message: `a red fox is bad with ${SECRET}`,
      }),
    },
  )
})

void test('an address outside the origin is refused before the key is shown', async () => {
  let hits = 0
  await withClient(
    () => (hits += 1),
    async (client) => {
      await assert.rejects(client.send(call({ path: 'http://localhost:1/x' })), { code: 'engine_failed' })
      assert.equal(hits, 0)
    },
  )
})
