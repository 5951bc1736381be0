/** An address on loopback to which connections are begun, and never made: they hang, as behind a lost route. */
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { Worker } from 'node:worker_threads'

export type DeafListener = { origin: string; close: () => Promise<void> }

/** Listens with the shortest queue and then sleeps for ever, so that nobody is ever let in. */
const LISTENER = `
const { createServer } = require('node:net')
const { parentPort } = require('node:worker_threads')
const server = createServer()
server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
  parentPort.postMessage(server.address().port)
  setImmediate(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0))
})`
/** More than the kernel keeps waiting for a queue of one. */
const FILLERS = 8
const SETTLE_MS = 200

export async function startDeafListener(): Promise<DeafListener> {
  const worker = new Worker(LISTENER, { eval: true })
  const port = await new Promise<number>((resolve, reject) => {
    worker.once('message', (message: number) => resolve(message))
    worker.once('error', reject)
  })
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS))
  const fillers: Socket[] = Array.from({ length: FILLERS }, () =>
    connect(port, '127.0.0.1').on('error', () => undefined),
  )
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS))
  return {
    origin: `http://127.0.0.1:${port}`,
    close: async () => {
      for (const filler of fillers) filler.destroy()
      await worker.terminate()
    },
  }
}
