/** Webhooks that were sent, their secrets, and addresses that get nothing more. Afterimage only. */
import type { CallOptions } from './options.ts'
import { createPages } from './pages.ts'
import type { PagePromise } from './pages.ts'
import { toId } from './paths.ts'
import type { Transport, TransportRequest } from './transport.ts'
import type {
  Delivery,
  DeliveryDetails,
  DeliveryStatus,
  DisabledWebhook,
  Page,
  WebhookSecret,
  WebhookSink,
} from './types.ts'

export type DeliveriesQuery = { limit?: number; cursor?: string; jobId?: string; status?: DeliveryStatus }

export type Deliveries = {
  /** Newest first. */
  list: (query?: DeliveriesQuery, options?: CallOptions) => PagePromise<Delivery>
  /** With what was sent and what came back, attempt by attempt. */
  get: (id: string, options?: CallOptions) => Promise<DeliveryDetails>
  /** Sends it once more, with the same id. */
  replay: (id: string, options?: CallOptions) => Promise<Delivery>
}

export type Webhooks = {
  deliveries: Deliveries
  /** What signs the webhooks of the key that you use, the newest first; `verifyWebhook` takes any of them. */
  listSecrets: (options?: CallOptions) => Promise<WebhookSecret[]>
  /** Makes a new secret; the one before it stays valid for 24 hours. Answers both. */
  rotateSecret: (options?: CallOptions) => Promise<WebhookSecret[]>
  /** Addresses that answered 410 Gone. */
  listDisabled: (options?: CallOptions) => Promise<DisabledWebhook[]>
  /** A receiver on the server itself, to try webhooks with: what is sent to its address can be read from it. */
  createSink: (options?: CallOptions) => Promise<WebhookSink>
  /** Sends to a disabled address again. @throws NotFoundError when it is not disabled */
  enable: (url: string, options?: CallOptions) => Promise<void>
}

const OWN_SECRETS = '/keys/current/webhook-secret'

export function createWebhooks(send: Transport): Webhooks {
  const ask = async (request: TransportRequest): Promise<unknown> => (await send(request)).body
  const list = async <Item>(request: TransportRequest): Promise<Item[]> =>
    ((await ask(request)) as { items: Item[] }).items
  return {
    deliveries: createDeliveries(ask),
    listSecrets: (options) => list({ method: 'GET', path: OWN_SECRETS, isRepeatable: true, options }),
    // Not repeatable: a second rotation would end the secret that receivers still have.
    rotateSecret: (options) =>
      list({ method: 'POST', path: `${OWN_SECRETS}/rotate`, isRepeatable: false, options }),
    listDisabled: (options) =>
      list({ method: 'GET', path: '/webhooks/disabled', isRepeatable: true, options }),
    createSink: async (options) =>
      (await ask({ method: 'POST', path: '/webhooks/sink', isRepeatable: true, options })) as WebhookSink,
    enable: async (url, options) => {
      const body = { json: { url } }
      await ask({ method: 'POST', path: '/webhooks/enable', body, isRepeatable: false, options })
    },
  }
}

function createDeliveries(ask: (request: TransportRequest) => Promise<unknown>): Deliveries {
  const path = '/webhooks/deliveries'
  return {
    list: ({ limit, cursor, jobId, status } = {}, options) =>
      createPages(async (cursor) => {
        const query = { limit, cursor, job_id: jobId, status }
        return (await ask({ method: 'GET', path, query, isRepeatable: true, options })) as Page<Delivery>
      }, cursor),
    get: async (id, options) => {
      const request = { path: `${path}/${toId('id', id)}`, isRepeatable: true, options }
      return (await ask({ method: 'GET', ...request })) as DeliveryDetails
    },
    replay: async (id, options) => {
      const request = { path: `${path}/${toId('id', id)}/replay`, isRepeatable: false, options }
      return (await ask({ method: 'POST', ...request })) as Delivery
    },
  }
}
