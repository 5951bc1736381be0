import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { test } from 'node:test'
import { createProgressSockets, readProgress } from './progress-socket.ts'

/** A constant of RFC 6455. */
const MAGIC = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'

/** A server of one frame: a text of less than 126 bytes, unmasked. */
async function withSocketServer(
  text: string,
  run: (origin: string, seen: { path?: string; authorization?: string | undefined }) => Promise<void>,
): Promise<void> {
  const seen: { path?: string; authorization?: string | undefined } = {}
  const open: Socket[] = []
  const server = createServer()
  server.on('upgrade', ({ headers, url = '' }, socket: Socket) => {
    open.push(socket)
    Object.assign(seen, { path: url, authorization: headers.authorization })
    const accept = createHash('sha1').update(`${headers['sec-websocket-key']}${MAGIC}`).digest('base64')
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\nsec-websocket-accept: ${accept}\r\n\r\n`,
    )
    socket.write(Buffer.concat([Buffer.of(0x81, Buffer.byteLength(text)), Buffer.from(text)]))
    socket.on('error', () => undefined)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  try {
    await run(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen)
  } finally {
    for (const socket of open) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
  }
}

void test('what a prompt tells is kept until it is stopped', async () => {
  const message = JSON.stringify({ type: 'progress', data: { value: 5, max: 20, prompt_id: 'p', node: '3' } })
  await withSocketServer(message, async (origin, seen) => {
    const sockets = createProgressSockets(`${origin}/`, () => ({ authorization: 'Bearer x' }))
    const { signal } = new AbortController()
    sockets.watch('p/1', signal)
    sockets.watch('p/1', signal)
    while (sockets.progressOf('p/1') === null) await new Promise((again) => setImmediate(again))
    assert.deepEqual(sockets.progressOf('p/1'), { stage: 'step 5 of 20', percent: 25, etaMs: null })
    assert.deepEqual(seen, { path: '/ws?clientId=p%2F1', authorization: 'Bearer x' })
    sockets.stop('p/1')
    assert.equal(sockets.progressOf('p/1'), null)
  })
})

void test('a server without sockets is no fault, and a signal ends the watch', () => {
  const sockets = createProgressSockets('http://127.0.0.1:1', () => ({}))
  const controller = new AbortController()
  sockets.watch('p', controller.signal)
  assert.equal(sockets.progressOf('p'), null)
  controller.abort()
  sockets.watch('q', controller.signal)
  sockets.stopAll()
})

void test('the newer message names the node that runs; previews and others are passed over', () => {
  const nodes = {
    '3': { value: 1, max: 4, state: 'finished' },
    '4': { value: 3, max: 4, state: 'running' },
  }
  assert.equal(readProgress(JSON.stringify({ type: 'progress_state', data: { nodes } }))?.percent, 75)
  assert.equal(readProgress(JSON.stringify({ type: 'progress_state', data: { nodes: {} } })), null)
  assert.equal(readProgress(JSON.stringify({ type: 'executing', data: { node: '3' } })), null)
  assert.equal(readProgress(new ArrayBuffer(8)), null)
  assert.equal(readProgress('{'), null)
})
