import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { AfterimageError } from '../core/errors.ts'

/** Answers that are under way may end within this time after the server was told to stop. */
const CLOSE_GRACE_MS = 3000

const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program uses this port; stop it or choose another one with AFTERIMAGE_PORT or --port',
  EACCES: 'this user may not use this port; choose one above 1023',
  EADDRNOTAVAIL: 'this machine has no such address; see AFTERIMAGE_HOST',
  ENOTFOUND: 'this name has no address; see AFTERIMAGE_HOST',
}

/** What to do about a port that cannot be used. @param code of the system */
export function portFault(code: string): string {
  return REASONS[code] ?? 'the address cannot be used'
}

/**
 * Binds the server and answers the port.
 * @throws AfterimageError `unavailable` that says what to do
 */
export async function listen(
  server: FastifyInstance,
  { host, port }: { host: string; port: number },
): Promise<number> {
  try {
    await server.listen({ host: host.replace(/^\[(.*)\]$/u, '$1'), port })
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    throw new AfterimageError('unavailable', `Cannot listen on ${host}, port ${port}: ${portFault(code)}.`, {
      cause: error,
    })
  }
  return (server.server.address() as AddressInfo).port
}

/** Takes no more connections and waits a moment for the answers that are under way. */
export async function stopListening(server: FastifyInstance): Promise<void> {
  const timer = setTimeout(() => server.server.closeAllConnections(), CLOSE_GRACE_MS)
  await server.close()
  clearTimeout(timer)
}
