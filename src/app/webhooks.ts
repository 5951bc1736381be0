/** Webhooks, wired: what the routes ask of them, and the worker that sends. */
import { randomUUID } from 'node:crypto'
import type { JobWebhook } from '../core/delivery.ts'
import type { FileSigner } from '../core/signed-files.ts'
import type { WebhookSecrets } from '../core/webhook-secrets.ts'
import { createWebhookSecrets } from '../core/webhook-secrets.ts'
import type { WebhookSink } from '../core/webhook-sink.ts'
import { createWebhookSink } from '../core/webhook-sink.ts'
import type { BaseUrls } from '../http/base-url.ts'
import type { CheckWebhook } from '../webhooks/check-webhook.ts'
import { createCheckWebhook } from '../webhooks/check-webhook.ts'
import { createDeliver } from '../webhooks/deliver.ts'
import { createDeliveryWorker } from '../webhooks/delivery-worker.ts'
import { createDeliverySweeper } from '../webhooks/delivery-sweeper.ts'
import { createSender } from '../webhooks/send.ts'
import type { Parts } from './parts.ts'
import { secretKeyOf } from './secret-key.ts'

export type Webhooks = {
  checkWebhook: CheckWebhook
  webhookSecrets: WebhookSecrets
  webhookSink: WebhookSink
  /** Address of this server for the URLs in the body of a delivery. */
  webhookBaseUrl: (webhook: JobWebhook) => string
  start: () => void
  stop: (options: { graceMs: number }) => Promise<void>
}

const SINK_PATH = /\/webhooks\/sink\/([^/?]+)$/u

export function createWebhooks(
  parts: Parts,
  { baseUrls, fileSigner }: { baseUrls: Pick<BaseUrls, 'isOwn'>; fileSigner: FileSigner | null },
): Webhooks {
  const { config, clock, logger, state, isSingleOwner } = parts
  const masterKey = readOnce(() => secretKeyOf(config))
  const findSink = (text: string): string | null => {
    const url = new URL(text)
    return baseUrls.isOwn(url) ? (SINK_PATH.exec(url.pathname)?.[1] ?? null) : null
  }
  const allowPrivate = config.allowPrivateNetwork ?? []
  const secrets = createWebhookSecrets({ deliveries: state.deliveries, masterKey })
  const sink = createWebhookSink({ masterKey, now: clock.now })
  const sender = createSender({ allowPrivate })
  const baseUrlFor = ({ baseUrl }: JobWebhook): string => config.publicUrl ?? baseUrl
  const onError = (err: unknown): void => logger.error({ err }, 'the sender of webhooks met a fault')
  const deliver = createDeliver({
    send: sender.send,
    secrets,
    sink,
    findSink,
    clock,
    random: Math.random,
    mode: config.compat,
    baseUrlFor,
    signFile: fileSigner?.sign ?? null,
  })
  const worker = createDeliveryWorker({
    store: state.deliveries,
    deliver,
    onWork: state.onWork,
    owner: randomUUID(),
    isSingleOwner,
    onError,
  })
  const sweeper = createDeliverySweeper({ store: state.deliveries, clock, onError })
  return {
    checkWebhook: createCheckWebhook({ allowPrivate, findSink }),
    webhookSecrets: secrets,
    webhookSink: sink,
    webhookBaseUrl: baseUrlFor,
    start: () => {
      worker.start()
      sweeper.start()
    },
    stop: async ({ graceMs }) => {
      await Promise.all([worker.stop({ graceMs }), sweeper.stop()])
      await sender.close()
    },
  }
}

/** A failure is not remembered: the disk may have room again. */
function readOnce(read: () => Promise<string>): () => Promise<string> {
  let known: Promise<string> | null = null
  return () =>
    (known ??= read().catch((error: unknown) => {
      known = null
      throw error
    }))
}
