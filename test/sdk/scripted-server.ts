/** A real HTTP server on loopback that answers by a script and keeps what it was sent. */
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import { startServer } from '../support/http-server.ts'

export type Received = { method: string; url: string; headers: IncomingHttpHeaders; body: Buffer }
/** `hangup` cuts the connection after the request was read, `silence` never answers. */
export type Reply =
  | { status?: number; headers?: Record<string, string>; body?: unknown }
  | 'hangup'
  | 'silence'

export type ScriptedServer = { url: string; received: Received[]; close: () => Promise<void> }

/** `script` answers request number `index` (from 0). An object or array body is sent as JSON, text as it is. */
export async function startScriptedServer(
  script: (request: Received, index: number) => Reply,
): Promise<ScriptedServer> {
  const received: Received[] = []
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const read = await readRequest(request)
    received.push(read)
    send(response, script(read, received.length - 1))
  }
  const server = await startServer(
    (request, response) => {
      void answer(request, response)
    },
    { host: '127.0.0.1' },
  )
  return { url: `http://127.0.0.1:${server.port}`, received, close: server.close }
}

async function readRequest(request: IncomingMessage): Promise<Received> {
  const body = Buffer.concat(await request.toArray())
  return { method: request.method ?? '', url: request.url ?? '', headers: request.headers, body }
}

function send(response: ServerResponse, reply: Reply): void {
  if (reply === 'silence') return
  if (reply === 'hangup') {
    response.socket?.resetAndDestroy()
    return
  }
  const { status = 200, headers = {}, body = {} } = reply
  response.writeHead(status, { 'content-type': 'application/json', ...headers })
  response.end(typeof body === 'string' ? body : JSON.stringify(body))
}

/** A job as the server tells it. */
export function jobJson(id: string, status: string, more: object = {}): Record<string, unknown> {
  const isTerminal = ['completed', 'failed', 'cancelled'].includes(status)
  return {
    job_id: id,
    status,
    type: 'externalImage',
    created_at: '2026-11-24T10:00:00.000Z',
    completed_at: isTerminal ? '2026-11-24T10:00:05.000Z' : null,
    result: status === 'completed' ? { urls: ['http://127.0.0.1/files/a'] } : {},
    ...more,
  }
}
