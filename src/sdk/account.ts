/** What an account looks after: webhooks that were sent, keys, and what was spent. Afterimage only. */
import type { CallOptions } from './options.ts'
import { createPages } from './pages.ts'
import type { PagePromise } from './pages.ts'
import { toId } from './paths.ts'
import type { Transport } from './transport.ts'
import type { Delivery, DeliveryDetails, Key, NewKey, Page, Usage } from './types.ts'

export type DeliveriesQuery = { limit?: number; cursor?: string; jobId?: string; status?: string }

export type Deliveries = {
  /** Newest first. */
  list: (query?: DeliveriesQuery, options?: CallOptions) => PagePromise<Delivery>
  /** With what was sent and what came back, attempt by attempt. */
  get: (id: string, options?: CallOptions) => Promise<DeliveryDetails>
  /** Sends it once more, with the same id. */
  replay: (id: string, options?: CallOptions) => Promise<Delivery>
}

export type Keys = {
  list: (options?: CallOptions) => Promise<Key[]>
  /** The token is told here and never again. */
  create: (key: NewKey, options?: CallOptions) => Promise<Key & { token: string }>
  revoke: (id: string, options?: CallOptions) => Promise<void>
}

/** Days of UTC like `2026-11-25`, both included. */
export type UsageQuery = { from?: string; to?: string }

export function createDeliveries(send: Transport): Deliveries {
  return {
    list: ({ limit, cursor, jobId, status } = {}, options) =>
      createPages(async (cursor) => {
        const query = { limit, cursor, job_id: jobId, status }
        const request = {
          method: 'GET',
          path: '/webhooks/deliveries',
          query,
          isRepeatable: true,
          options,
        } as const
        return (await send(request)).body as Page<Delivery>
      }, cursor),
    get: async (id, options) => {
      const path = `/webhooks/deliveries/${toId('id', id)}`
      return (await send({ method: 'GET', path, isRepeatable: true, options })).body as DeliveryDetails
    },
    replay: async (id, options) => {
      const path = `/webhooks/deliveries/${toId('id', id)}/replay`
      return (await send({ method: 'POST', path, isRepeatable: false, options })).body as Delivery
    },
  }
}

export function createKeys(send: Transport): Keys {
  return {
    list: async (options) =>
      ((await send({ method: 'GET', path: '/keys', isRepeatable: true, options })).body as { items: Key[] })
        .items,
    // Not repeatable: a lost answer would leave a second key that nobody knows.
    create: async (key, options) =>
      (await send({ method: 'POST', path: '/keys', body: { json: key }, isRepeatable: false, options }))
        .body as Key & {
        token: string
      },
    revoke: async (id, options) => {
      await send({ method: 'DELETE', path: `/keys/${toId('id', id)}`, isRepeatable: true, options })
    },
  }
}

export async function loadUsage(
  send: Transport,
  query: UsageQuery = {},
  options?: CallOptions,
): Promise<Usage> {
  return (await send({ method: 'GET', path: '/usage', query, isRepeatable: true, options })).body as Usage
}
