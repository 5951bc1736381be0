/** Bodies that trickle in, and callers that go on sending after they were refused. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { setTimeout } from 'node:timers/promises'
import { after, before, describe, test } from 'node:test'
import fastify from 'fastify'
import type { FastifyReply } from 'fastify'
import { handleError } from '../../src/http/errors.ts'
import { limitSlowBodies, longestBodyMs } from '../../src/http/slow-bodies.ts'

const options = { baseMs: 50, minBytesPerSecond: 1_000_000, maxBytes: 10_000, drainMs: 50 }
const app = fastify()
before(async () => {
  limitSlowBodies(app, options)
  app.setErrorHandler(handleError)
  app.post('/slow', async () => ({ ok: true }))
  const refuse = async (_request: unknown, reply: FastifyReply): Promise<void> => {
    await reply.code(401).send({})
  }
  app.post('/refused', { onRequest: refuse }, async () => ({}))
  await app.listen({ port: 0, host: '127.0.0.1' })
})
after(() => app.close())

/** Sends a head and the beginning of a body, and never the rest; answers what came back until the end. */
async function sendBeginning(path: string, length = '1000'): Promise<string> {
  const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1')
  let answer = ''
  socket.on('data', (chunk) => (answer += String(chunk)))
  socket.on('error', () => undefined)
  socket.write(
    `POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n\r\n{"a":`,
  )
  await once(socket, 'close')
  return answer
}

void describe('slow bodies', () => {
  void test(
    'a body that does not arrive is 408 as JSON, and the connection ends',
    { timeout: 5000 },
    async () => {
      const answer = await sendBeginning('/slow')
      assert.match(answer, /^HTTP\/1\.1 408 /u)
      assert.match(answer, /"code":"request_timeout"/u)
    },
  )

  void test('after a refusal the rest is not waited for', { timeout: 5000 }, async () => {
    assert.match(await sendBeginning('/refused', '100000000'), /^HTTP\/1\.1 401 /u)
  })

  void test('a request without a socket is refused alike', { timeout: 5000 }, async () => {
    const answer = await app.inject({
      method: 'POST',
      url: '/refused',
      headers: { 'content-length': '1000' },
      payload: new Readable({ read: () => undefined }),
    })
    assert.equal(answer.statusCode, 401)
    await setTimeout(2 * options.drainMs)
  })

  void test('a body in time passes, and so do many on one connection', async () => {
    const { port } = app.server.address() as AddressInfo
    for (let n = 0; n < 3; n += 1) {
      const answer = await fetch(`http://127.0.0.1:${port}/slow`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{}',
      })
      assert.equal(answer.status, 200)
    }
  })

  void test('the time grows with the length', () => {
    assert.equal(longestBodyMs(options), 60)
  })
})
