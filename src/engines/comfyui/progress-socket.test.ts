import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { test } from 'node:test'
import { acceptSocket, toFrame } from '../../../test/support/emulators/websocket.ts'
import { createProgressSockets, readPreview, readProgress, readTurn } from './progress-socket.ts'

type Seen = { path?: string; authorization?: string | undefined }

/** A server that sends these frames to whoever comes, and more to those who are there. */
async function withSocketServer(
  frames: readonly (string | Buffer)[],
  run: (origin: string, seen: Seen, send: (content: string) => void) => Promise<void>,
): Promise<void> {
  const seen: Seen = {}
  const open: Socket[] = []
  const server = createServer()
  server.on('upgrade', ({ headers, url = '' }, socket: Socket) => {
    open.push(socket)
    Object.assign(seen, { path: url, authorization: headers.authorization })
    acceptSocket(socket, { 'sec-websocket-key': headers['sec-websocket-key'] })
    for (const content of frames) socket.write(toFrame(content))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  try {
    await run(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen, (content) => {
      for (const socket of open) socket.write(toFrame(content))
    })
  } finally {
    for (const socket of open) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
  }
}

void test('what a prompt tells is kept until it is stopped', async () => {
  const message = JSON.stringify({
    type: 'progress',
    data: { value: 5, max: 20, prompt_id: 'p/1', node: '3' },
  })
  await withSocketServer([message], async (origin, seen) => {
    const sockets = createProgressSockets(`${origin}/`, () => ({ authorization: 'Bearer x' }))
    const context = { signal: new AbortController().signal }
    sockets.watch('p/1', context)
    sockets.watch('p/1', context)
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
  sockets.watch('p', controller)
  assert.equal(sockets.progressOf('p'), null)
  controller.abort()
  sockets.watch('q', controller)
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

/** Event, format, and what the picture would be. */
function previewFrame(event: number, picture: string): Buffer {
  return Buffer.concat([Buffer.of(0, 0, 0, event, 0, 0, 0, 1), Buffer.from(picture)])
}

void test('binary frames that hold a picture are handed over as they come', async () => {
  const turn = (type: string, id: string): string => JSON.stringify({ type, data: { prompt_id: id } })
  const frames = [
    previewFrame(1, 'of nobody knows'),
    turn('execution_start', 'other'),
    previewFrame(1, 'of another prompt'),
    turn('execution_start', 'p'),
    previewFrame(1, 'first'),
    previewFrame(3, 'a text'),
    previewFrame(1, 'second'),
    turn('execution_success', 'p'),
    previewFrame(1, 'of the next prompt'),
    turn('execution_start', 'p'),
    previewFrame(1, 'last'),
  ]
  await withSocketServer(frames, async (origin) => {
    const sockets = createProgressSockets(origin, () => ({}))
    const seen: string[] = []
    const { signal } = new AbortController()
    sockets.watch('p', { signal, onPreview: ({ bytes }) => void seen.push(Buffer.from(bytes).toString()) })
    while (seen.at(-1) !== 'last') await new Promise((again) => setImmediate(again))
    assert.deepEqual(seen, ['first', 'second', 'last'], 'only while our own prompt runs')
    sockets.stopAll()
  })
})

void test('a message tells whose turn it is, and when that is over', () => {
  const read = (type: string, data: object): unknown => readTurn(JSON.stringify({ type, data }))
  assert.deepEqual(read('executing', { prompt_id: 'p', node: '3' }), {
    type: 'executing',
    promptId: 'p',
    isRunning: true,
  })
  assert.deepEqual(read('executing', { prompt_id: 'p', node: null }), {
    type: 'executing',
    promptId: 'p',
    isRunning: false,
  })
  assert.deepEqual(read('execution_error', { prompt_id: 'p' }), {
    type: 'execution_error',
    promptId: 'p',
    isRunning: false,
  })
  assert.equal(read('status', { status: {} }), null)
})

void test('each kind of end is news once, and that of another prompt never', { timeout: 30_000 }, () =>
  withSocketServer([], async (origin, _seen, send) => {
    const sockets = createProgressSockets(origin, () => ({}))
    const tell = (type: string, data: object): void => send(JSON.stringify({ type, data }))
    const isThere = (news: Promise<void>): Promise<boolean> =>
      Promise.race([news.then(() => true), new Promise<false>((no) => void setImmediate(() => no(false)))])
    const hearStep = async (value: number): Promise<void> => {
      tell('progress', { value, max: 20 })
      while (sockets.progressOf('p')?.stage !== `step ${value} of 20`)
        await new Promise((again) => setImmediate(again))
    }
    sockets.watch('p', { signal: new AbortController().signal })
    await sockets.nextNews('p')
    const ended = sockets.nextNews('p')
    tell('execution_success', { prompt_id: 'other' })
    await hearStep(1)
    assert.equal(await isThere(ended), false, 'another prompt')
    tell('execution_success', { prompt_id: 'p' })
    await ended
    const later = sockets.nextNews('p')
    tell('execution_success', { prompt_id: 'p' })
    await hearStep(2)
    assert.equal(await isThere(later), false, 'told again')
    tell('executing', { prompt_id: 'p', node: null })
    await later
    sockets.stopAll()
  }),
)

void test('frames of another kind, and heads without a picture, hold none', () => {
  const toBuffer = (bytes: Buffer): ArrayBuffer => new Uint8Array(bytes).buffer
  assert.equal(readPreview(toBuffer(previewFrame(2, 'raw'))), null)
  assert.equal(readPreview(toBuffer(previewFrame(1, ''))), null)
  assert.equal(readPreview(new ArrayBuffer(3)), null)
  assert.equal(readPreview('text'), null)
})
