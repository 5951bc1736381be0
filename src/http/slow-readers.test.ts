/** Callers that ask for much and take nothing. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import type { AddressInfo, Server, Socket } from 'node:net'
import { PassThrough, Readable } from 'node:stream'
import { after, before, describe, test } from 'node:test'
import fastify from 'fastify'
import { limitSlowReaders } from './slow-readers.ts'

const BYTES = 30_000_000

/** A server whose answers must be taken within `baseMs`. */
function startApp(baseMs: number): { server: () => Server; port: () => number } {
  const app = fastify()
  before(async () => {
    limitSlowReaders(app, { baseMs, minBytesPerSecond: BYTES * 20, maxBytes: BYTES })
    app.get('/whole', async () => Buffer.alloc(BYTES))
    app.get('/stream', (_request, reply) =>
      reply.send(chunks(Array.from({ length: 300 }, () => BYTES / 300))),
    )
    app.get('/events', (_request, reply) => {
      const events = new PassThrough()
      events.write('event: first\n\n')
      return reply.header('content-type', 'text/event-stream').send(events)
    })
    await app.listen({ port: 0, host: '127.0.0.1' })
  })
  after(async () => {
    app.server.closeAllConnections()
    await app.close()
  })
  return { server: () => app.server, port: () => (app.server.address() as AddressInfo).port }
}

function chunks(sizes: readonly number[]): Readable {
  return Readable.from(sizes.map((size) => Buffer.alloc(size)))
}

const strict = startApp(50)
const generous = startApp(600_000)

/** Asks and takes nothing; resolves when the server has let go of the connection. */
async function askAndStop(path: string): Promise<void> {
  const accepted = once(strict.server(), 'connection') as Promise<[Socket]>
  const caller = connect(strict.port(), '127.0.0.1')
  caller.on('error', () => undefined)
  caller.pause()
  caller.write(`GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`)
  const [socket] = await accepted
  await once(socket, 'close')
  caller.destroy()
}

void describe('slow readers', () => {
  void test('are cut, whether the answer is whole or a stream', { timeout: 60_000 }, async () => {
    await askAndStop('/whole')
    await askAndStop('/stream')
  })

  void test('whoever reads gets all of it, also again on the same connection', async () => {
    for (const path of ['/whole', '/stream', '/whole']) {
      const answer = await fetch(`http://127.0.0.1:${generous.port()}${path}`)
      assert.equal((await answer.bytes()).length, BYTES)
    }
  })

  void test('a stream of events stays', { timeout: 60_000 }, async () => {
    const stop = new AbortController()
    const answer = await fetch(`http://127.0.0.1:${strict.port()}/events`, { signal: stop.signal })
    const ended = answer.text().then(
      () => 'ended',
      (error: unknown) => (error as Error).name,
    )
    // Twice as long as any other answer may take.
    await askAndStop('/stream')
    await askAndStop('/stream')
    stop.abort()
    assert.equal(await ended, 'AbortError')
  })
})
