/** A receiver of webhooks on 127.0.0.2, which plays the public internet where a test allows it. */
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import { startServer } from './http-server.ts'
import type { TestServer } from './http-server.ts'

export const RECEIVER_HOST = '127.0.0.2'

export type ReceivedWebhook = { path: string; method: string; headers: IncomingHttpHeaders; body: string }

export type WebhookReceiver = TestServer & {
  url: string
  received: ReceivedWebhook[]
  /** Resolves when so many have come in all. */
  waitFor: (count: number) => Promise<readonly ReceivedWebhook[]>
}

/** @param answer how to answer the n-th message, from 0; 204 by default */
export async function startWebhookReceiver(
  answer: (response: ServerResponse, index: number, request: IncomingMessage) => void = (response) =>
    void response.writeHead(204).end(),
): Promise<WebhookReceiver> {
  const received: ReceivedWebhook[] = []
  let waiting: { count: number; resolve: (all: readonly ReceivedWebhook[]) => void }[] = []
  const server = await startServer(
    (request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => {
        const body = Buffer.concat(chunks).toString()
        received.push({
          path: request.url ?? '',
          method: request.method ?? '',
          headers: request.headers,
          body,
        })
        answer(response, received.length - 1, request)
        for (const { resolve } of waiting.filter(({ count }) => received.length >= count)) resolve(received)
        waiting = waiting.filter(({ count }) => received.length < count)
      })
    },
    { host: RECEIVER_HOST },
  )
  return {
    ...server,
    url: `http://${RECEIVER_HOST}:${server.port}`,
    received,
    waitFor: (count) =>
      received.length >= count
        ? Promise.resolve(received)
        : new Promise((resolve) => waiting.push({ count, resolve })),
  }
}

/** What verifiers take. */
export function webhookHeaders({ headers }: ReceivedWebhook): Record<string, string> {
  const names = ['webhook-id', 'webhook-timestamp', 'webhook-signature']
  return Object.fromEntries(names.map((name) => [name, String(headers[name])]))
}
