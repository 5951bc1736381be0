/** What an account looks after: keys, and what was spent. Afterimage only. */
import type { CallOptions } from './options.ts'
import { toId } from './paths.ts'
import type { Transport } from './transport.ts'
import type { Key, NewKey, Usage } from './types.ts'

export type Keys = {
  list: (options?: CallOptions) => Promise<Key[]>
  /** The token is told here and never again. */
  create: (key: NewKey, options?: CallOptions) => Promise<Key & { token: string }>
  revoke: (id: string, options?: CallOptions) => Promise<void>
}

/** Days of UTC like `2026-11-25`, both included. */
export type UsageQuery = { from?: string; to?: string }

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
