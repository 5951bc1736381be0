import type { DeliveryStore } from '../core/delivery.ts'
import * as account from './deliveries.ts'
import * as queue from './deliveries-queue.ts'
import * as secrets from './deliveries-secrets.ts'
import type { Driver } from './script.ts'

const WAKES = { mayWakeWorkers: true }
const EXCLUSIVE = { isExclusive: true }

/** The delivery store over any driver. Every method but `endLeases` is one script in one transaction. */
export function createDeliveryStore({ read, write, now }: Driver): DeliveryStore {
  return {
    claim: (request) => write((at) => queue.claimDeliveries(request, at), EXCLUSIVE),
    settle: (lease, attempt, verdict) =>
      write((at) => queue.settle(lease, { attempt, verdict, now: at }), WAKES),
    release: (lease) => write(() => queue.release(lease), WAKES),
    endLeases: async () => {
      while ((await write((at) => queue.endLeases(Number.MAX_SAFE_INTEGER, at), EXCLUSIVE)) > 0);
    },
    nextWakeMs: async () => {
      const at = await now()
      return read(() => queue.nextDeliveryWakeMs(at))
    },

    list: (query) => read(() => account.listDeliveries(query)),
    get: (id, accountId) => read(() => account.getDelivery(id, accountId)),
    listAttempts: (deliveryId, limit) => read(() => account.listAttempts(deliveryId, limit)),
    replay: (id, accountId) => write((at) => account.replay(id, accountId, at), WAKES),
    listDisabled: (accountId) => read(() => account.listDisabled(accountId)),
    enable: (url, accountId) => write(() => account.enable(url, accountId)),
    removeOld: (before) => write(() => account.removeOld(before)),

    listSecrets: async (keyId) => {
      const at = await now()
      return read(() => secrets.listSecrets(keyId, at))
    },
    createSecret: (keyId, sealed) => write((at) => secrets.createSecret(keyId, sealed, at)),
    rotateSecret: (keyId, sealed, overlapMs) =>
      write((at) => secrets.rotateSecret(keyId, { sealed, overlapMs, now: at })),
  }
}
