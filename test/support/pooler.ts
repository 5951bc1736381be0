/**
 * What a pooler in transaction mode does to its clients: each transaction runs on another connection of the server, so
 * whatever a session keeps (prepared statements, LISTEN, locks) is lost in between. Speaks version 3 of the protocol,
 * as far as a server that trusts needs it.
 */
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import type { Socket } from 'node:net'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

type Upstream = { socket: Socket; onMessage: (type: string, frame: Buffer) => void }
type Message = { type: string; frame: Buffer }

const PROTOCOL = 196_608
const SSL_REQUEST = 80_877_103
const READY_IDLE = Buffer.from('Z\0\0\0\x05I', 'latin1')
const AUTHENTICATED = Buffer.from('R\0\0\0\x08\0\0\0\0', 'latin1')

/** @returns the URL to use instead of `url`, and the number of transactions that were passed on */
export async function startPooler(
  url: string,
): Promise<{ url: string; transactions: () => number; stop: () => Promise<void> }> {
  const target = new URL(url)
  const server = join(target.searchParams.get('host') ?? '', '.s.PGSQL.5432')
  const database = target.pathname.slice(1)
  const free = [await openUpstream(server, database), await openUpstream(server, database)]
  const waiting: ((upstream: Upstream) => void)[] = []
  const directory = mkdtempSync(join(tmpdir(), 'pool-'))
  let transactions = 0
  const take = async (): Promise<Upstream> => {
    transactions += 1
    return free.shift() ?? new Promise((resolve) => waiting.push(resolve))
  }
  const giveBack = (upstream: Upstream): void => {
    const next = waiting.shift()
    if (next === undefined) free.push(upstream)
    else next(upstream)
  }
  const clients = new Set<Socket>()
  const listener = createServer((client) => {
    clients.add(client)
    client.on('error', () => undefined)
    client.on('close', () => clients.delete(client))
    serve(client, take, giveBack).catch(() => undefined)
  }).listen(join(directory, '.s.PGSQL.5432'))
  await once(listener, 'listening')
  const pooled = new URL(url)
  pooled.searchParams.set('host', directory)
  return {
    url: pooled.href,
    transactions: () => transactions,
    stop: async () => {
      for (const client of clients) client.destroy()
      for (const { socket } of free) socket.destroy()
      listener.close()
      await once(listener, 'close')
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

async function serve(
  client: Socket,
  take: () => Promise<Upstream>,
  giveBack: (upstream: Upstream) => void,
): Promise<void> {
  let upstream: Upstream | null = null
  let unanswered = 0
  for await (const { type, frame } of readMessages(client, true)) {
    if (type === 'startup') {
      client.write(frame.readInt32BE(4) === SSL_REQUEST ? 'N' : Buffer.concat([AUTHENTICATED, READY_IDLE]))
      continue
    }
    if (type === 'X') break
    if (upstream === null) {
      const taken = await take()
      upstream = taken
      taken.onMessage = (kind, answer) => {
        client.write(answer)
        if (kind === 'Z') unanswered -= 1
        if (kind !== 'Z' || unanswered > 0 || answer[5] !== READY_IDLE[5]) return
        upstream = null
        giveBack(taken)
      }
    }
    if (type === 'Q' || type === 'S') unanswered += 1
    upstream.socket.write(frame)
  }
}

async function openUpstream(path: string, database: string): Promise<Upstream> {
  const socket = connect(path)
  await once(socket, 'connect')
  const parameters = Buffer.from(`user\0postgres\0database\0${database}\0\0`)
  const head = Buffer.alloc(8)
  head.writeInt32BE(8 + parameters.length)
  head.writeInt32BE(PROTOCOL, 4)
  socket.write(Buffer.concat([head, parameters]))
  const ready = Promise.withResolvers<void>()
  const upstream: Upstream = { socket, onMessage: (type) => void (type === 'Z' && ready.resolve()) }
  void (async () => {
    for await (const { type, frame } of readMessages(socket, false)) upstream.onMessage(type, frame)
  })().catch(() => undefined)
  await ready.promise
  return upstream
}

/** Whole messages; those of a client begin without a type until it has introduced itself. */
async function* readMessages(socket: Socket, isClient: boolean): AsyncGenerator<Message> {
  let rest = Buffer.alloc(0)
  let isStarting = isClient
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    rest = Buffer.concat([rest, chunk])
    for (;;) {
      const prefix = isStarting ? 0 : 1
      const length = rest.length < prefix + 4 ? Infinity : prefix + rest.readInt32BE(prefix)
      if (rest.length < length) break
      const frame = rest.subarray(0, length)
      rest = rest.subarray(length)
      yield { type: isStarting ? 'startup' : String.fromCharCode(frame[0] ?? 0), frame }
      if (isStarting) isStarting = frame.readInt32BE(4) === SSL_REQUEST
    }
  }
}
