/** What the tests of webhooks over HTTP share: one app, one receiver, and the questions asked again and again. */
import { after, before } from 'node:test'
import type { TestAnswer, TestApp } from './app.ts'
import { startTestApp } from './app.ts'
import type { WebhookReceiver } from './webhook-receiver.ts'
import { RECEIVER_HOST, startWebhookReceiver } from './webhook-receiver.ts'

/** A model that takes `image_urls`. */
export const MODEL = '/generate/image/google/nano-banana-pro'
/** Lets webhooks reach the receiver. */
export const WEBHOOK_SETTINGS = { AFTERIMAGE_ALLOW_PRIVATE_NETWORK: RECEIVER_HOST }

/** A delivery as the list shows it. */
export type Listed = {
  id: string
  job_id: string
  status: string
  attempt_count: number
  next_attempt_at: string | null
}

export type WebhookBench = {
  app: TestApp
  receiver: WebhookReceiver
  /** Address of an uploaded picture. */
  source: unknown
  submit: (webhook: string, key?: string) => Promise<TestAnswer>
  list: (query: string, key?: string) => Promise<Listed[]>
  /** The delivery of a job as soon as `isReached` holds for it. */
  deliveryOf: (jobId: unknown, isReached: (delivery: Listed) => boolean) => Promise<Listed>
  secretsOf: (key?: string) => Promise<string[]>
}

/** A bench for all tests of the file that calls this; its members exist once the tests run. */
export function useWebhookBench(): WebhookBench {
  const bench = {} as WebhookBench
  before(async () => {
    const app = await startTestApp({ settings: WEBHOOK_SETTINGS })
    const receiver = await startWebhookReceiver()
    const source = (await app.upload())['image_url']
    Object.assign(bench, { app, receiver, source, ...questionsTo(app, source) } satisfies WebhookBench)
  })
  after(async () => {
    await bench.app.stop()
    await bench.receiver.close()
  })
  return bench
}

function questionsTo(
  app: TestApp,
  source: unknown,
): Pick<WebhookBench, 'submit' | 'list' | 'deliveryOf' | 'secretsOf'> {
  const list: WebhookBench['list'] = async (query, key = app.key) =>
    (await app.call(`/webhooks/deliveries?${query}`, { key })).body['items'] as Listed[]
  return {
    list,
    submit: (webhook, key = app.key) =>
      app.call(MODEL, {
        json: { prompt: 'invert it', image_urls: [source] },
        headers: { 'X-Webhook-URL': webhook },
        key,
      }),
    deliveryOf: async (jobId, isReached) => {
      for (;;) {
        const [delivery] = await list(`job_id=${String(jobId)}`)
        if (delivery !== undefined && isReached(delivery)) return delivery
        await new Promise((resolve) => setTimeout(resolve, 10))
      }
    },
    secretsOf: async (key = app.key) => {
      const { body } = await app.call('/keys/current/webhook-secret', { key })
      return (body['items'] as { secret: string }[]).map(({ secret }) => secret)
    },
  }
}
