/** A loopback server that counts what reaches it, and every address that this process tries to connect to. */
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { RequestListener } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'

export type TestServer = { port: number; connections: () => number; close: () => Promise<void> }

/** An HTTP server on one address; port 0 takes a free one. */
export async function startServer(
  listener: RequestListener,
  options: { host: string; port?: number },
): Promise<TestServer> {
  let connections = 0
  const server = createServer(listener)
  server.on('connection', () => (connections += 1))
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port ?? 0, options.host, resolve)
  })
  return {
    port: (server.address() as AddressInfo).port,
    connections: () => connections,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** Records the addresses of all TCP connection attempts until `stop`. */
export function watchConnectionAttempts(): { addresses: string[]; stop: () => void } {
  const addresses: string[] = []
  const onSocket = (message: unknown): void => {
    const { socket } = message as { socket: Socket }
    socket.on('connectionAttempt', (address: string) => addresses.push(address))
  }
  subscribe('net.client.socket', onSocket)
  return { addresses, stop: () => unsubscribe('net.client.socket', onSocket) }
}
