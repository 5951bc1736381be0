/**
 * A thousand connections in a thread of their own: from the thread that measures how another caller is served, they
 * would take the time that the measurement then blames on the server.
 */
import type { Socket } from 'node:net'
import { connect } from 'node:net'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'

/** What each connection does. */
export type SlowAttack = {
  port: number
  connections: number
  /** Sent at once. */
  first: string
  /** Sent each second; empty: nothing more. */
  drop: string
  /** A reader takes one byte a second of what it is sent. */
  isReader: boolean
}

/** A drop each second keeps a connection from being idle. */
const DROP_MS = 1000

/** Connects and goes on until it is stopped. */
export function startSlowAttack(attack: SlowAttack): { stop: () => Promise<unknown> } {
  const worker = new Worker(new URL(import.meta.url), { workerData: attack })
  return { stop: () => worker.terminate() }
}

function open({ port, first, isReader }: SlowAttack): Socket {
  const socket = connect(port, '127.0.0.1')
  // The server is free to cut it off in any way.
  socket.on('error', () => undefined)
  if (isReader) socket.pause()
  else socket.resume()
  socket.write(first)
  return socket
}

if (!isMainThread && parentPort !== null) {
  const attack = workerData as SlowAttack
  const sockets = Array.from({ length: attack.connections }, () => open(attack))
  setInterval(() => {
    for (const socket of sockets) {
      if (attack.isReader) socket.read(1)
      else if (socket.writable) socket.write(attack.drop)
    }
  }, DROP_MS)
}
