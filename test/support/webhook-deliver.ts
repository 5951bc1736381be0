/** One delivery without a server around it: the real rendering, signing, sending and judging. */
import type { ClaimedDelivery } from '../../src/core/delivery.ts'
import type { Resolver } from '../../src/net/guarded-connector.ts'
import type { Delivered } from '../../src/webhooks/deliver.ts'
import { createDeliver } from '../../src/webhooks/deliver.ts'
import { createSender } from '../../src/webhooks/send.ts'
import { storedJob } from './requests.ts'
import { RECEIVER_HOST } from './webhook-receiver.ts'

export const TEST_SECRET = `whsec_${Buffer.alloc(32, 5).toString('base64')}`
export const DELIVERY_ID = '00000000-0000-4000-8000-00000000000d'

export type TestSender = {
  /** Sends a finished job to an address as its n-th try after `failures` failed ones. */
  deliver: (url: string, failures?: number) => Promise<Delivered>
  close: () => Promise<void>
}

/** Everything private is forbidden but the receivers' address. */
export function createTestSender(
  options: { timeoutMs?: number; resolver?: Resolver; allowPrivate?: readonly string[] } = {},
): TestSender {
  const sender = createSender({ allowPrivate: [RECEIVER_HOST], ...options })
  const deliver = createDeliver({
    send: sender.send,
    secrets: { list: async () => [{ secret: TEST_SECRET, createdAt: 0, expiresAt: null }] },
    sink: { receive: async () => false },
    findSink: () => null,
    clock: { now: Date.now },
    random: () => 0,
    mode: 'aliases',
    baseUrlFor: ({ baseUrl }) => baseUrl,
    signFile: null,
  })
  return {
    deliver: (url, failures = 0) => deliver(claimedDelivery(url, failures), new AbortController().signal),
    close: sender.close,
  }
}

export function claimedDelivery(url: string, failures: number): ClaimedDelivery {
  const job = storedJob({ status: 'completed', completedAt: 2000 })
  const attempt = failures + 1
  return {
    job,
    delivery: {
      id: DELIVERY_ID,
      accountId: job.accountId,
      jobId: job.id,
      webhook: { url, keyId: 'k', baseUrl: 'http://127.0.0.1:4500' },
      status: 'pending',
      createdAtMicros: 1,
      nextAttemptAt: 0,
      attemptCount: attempt,
      failureCount: failures,
    },
    lease: { deliveryId: DELIVERY_ID, owner: 'o', attempt, expiresAt: 1e15 },
  }
}
