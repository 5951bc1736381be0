import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { connect } from 'node:net'
import { describe, test } from 'node:test'
import type { TestContext } from 'node:test'
import fastify from 'fastify'
import { createBodyRoom } from './body-room.ts'
import { handleError } from './errors.ts'

const MIB = 1024 * 1024
const BODY = JSON.stringify({ text: 'x'.repeat(2 * MIB) })

/** A server with room for two such bodies, one for each account; its handler waits until it is let go. */
async function startRig(context: TestContext, waitMs: number) {
  const app = fastify({ bodyLimit: 10 * MIB })
  const gate = Promise.withResolvers<void>()
  let entered = 0
  app.decorateRequest('accountId', '')
  app.setErrorHandler(handleError)
  app.addHook('onRequest', async (request, reply) => {
    request.accountId = String(request.headers['x-account'])
    // As long as a key is looked up on a database behind a socket.
    if (request.headers['x-slow'] === 'until gone') {
      app.server.emit('looking-up')
      await once(reply.raw, 'close')
    }
  })
  app.addHook(
    'onRequest',
    createBodyRoom({ maxBytes: 5 * MIB, maxBytesPerAccount: 3 * MIB, assumedBytes: 10 * MIB, waitMs }),
  )
  app.post('/', async () => {
    entered += 1
    app.server.emit('entered')
    await gate.promise
    return { ok: true }
  })
  const url = await app.listen({ port: 0, host: '127.0.0.1' })
  context.after(() => app.close())
  return {
    server: app.server,
    port: (app.server.address() as AddressInfo).port,
    entered: () => entered,
    untilEntered: async (count: number): Promise<void> => {
      for (;;) {
        if (entered >= count) return
        await once(app.server, 'entered')
      }
    },
    letGo: gate.resolve,
    send: async (account: string, body = BODY, type = 'application/json'): Promise<number> => {
      const headers = { 'content-type': type, 'x-account': account }
      const answer = await fetch(url, { method: 'POST', body, headers })
      await answer.text()
      return answer.status
    },
  }
}

void describe('room for large bodies', () => {
  void test('what does not fit waits, by account and in all; small ones pass', async (context) => {
    const rig = await startRig(context, 600_000)
    const first = [rig.send('a'), rig.send('b')]
    await rig.untilEntered(2)
    const second = [rig.send('a'), rig.send('c')]
    const small = rig.send('a', '{}')
    await rig.untilEntered(3)
    // A request that came later has been served: those two were let wait, not only late.
    assert.equal(rig.entered(), 3)
    rig.letGo()
    assert.deepEqual(await Promise.all([...first, ...second, small]), [200, 200, 200, 200, 200])
  })

  void test('whoever waits too long is told 503, and one that alone is too large passes', async (context) => {
    const rig = await startRig(context, 50)
    const giant = rig.send('a', JSON.stringify({ text: 'x'.repeat(8 * MIB) }))
    await rig.untilEntered(1)
    assert.equal(await rig.send('b'), 503)
    rig.letGo()
    assert.equal(await giant, 200)
    assert.equal(await rig.send('b'), 200)
  })

  void test('another writing of the same content type opens no side door', async (context) => {
    const rig = await startRig(context, 50)
    const first = rig.send('a')
    await rig.untilEntered(1)
    assert.equal(await rig.send('a', BODY, 'Application/JSON'), 503)
    rig.letGo()
    assert.equal(await first, 200)
    assert.equal(await rig.send('a', BODY, 'Application/JSON'), 200)
  })

  void test('a caller that goes away while it waits or sends leaves its room to others', async (context) => {
    const rig = await startRig(context, 600_000)
    const head = `POST / HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: ${3 * MIB}\r\n`
    for (const account of ['a', 'b', 'c']) {
      const socket = connect(rig.port, '127.0.0.1')
      await once(socket, 'connect')
      socket.write(`${head}X-Account: ${account}\r\n\r\n{`)
      socket.destroy()
    }
    rig.letGo()
    assert.deepEqual(await Promise.all([rig.send('a'), rig.send('b')]), [200, 200])
  })

  void test('a caller that goes away while its key is looked up takes no room', async (context) => {
    const rig = await startRig(context, 50)
    const head = `POST / HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: ${3 * MIB}\r\n`
    for (let count = 0; count < 3; count += 1) {
      const socket = connect(rig.port, '127.0.0.1')
      await once(socket, 'connect')
      const isLookingUp = once(rig.server, 'looking-up')
      socket.write(`${head}X-Account: a\r\nX-Slow: until gone\r\n\r\n{`)
      await isLookingUp
      socket.destroy()
      await once(socket, 'close')
    }
    rig.letGo()
    assert.equal(await rig.send('a'), 200)
  })
})
