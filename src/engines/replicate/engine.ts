import type { Engine } from '../../core/engine.ts'
import { createAsyncEngine } from '../../net/upstream/async-engine.ts'
import type { UpstreamEngineOptions } from '../../net/upstream/engine-options.ts'
import type { SendFree } from '../../net/upstream/follow.ts'
import type { EndpointModel } from '../endpoint.ts'
import { findByWebhook, readReplicatePoll, readReplicateSubmit, readReplicateVerdict } from './answer.ts'
import { REPLICATE_MODELS, replicateCapabilities } from './models.ts'
import { estimateReplicate } from './prices.ts'
import type { ReplicateCallOptions } from './request.ts'
import { toReplicateCall } from './request.ts'

export type ReplicateEngineOptions = UpstreamEngineOptions &
  ReplicateCallOptions & {
    /** Replaces the table, to route a model to another endpoint. */
    models?: Readonly<Record<string, EndpointModel>>
  }

/** Files in a request may be of any size, because they are uploaded before. */
const MAX_IMAGE_BYTES = 100_000_000
/** 100 predictions each; a lost submit is looked for soon after it happened. */
const MAX_PAGES = 5

/**
 * Replicate's predictions. A submit whose answer was lost can be found again only by the address that it reports to,
 * so without `webhookUrl` its outcome stays unknown. By its input it cannot be found surely: two jobs may ask for the same.
 */
export function createReplicateEngine(options: ReplicateEngineOptions): Engine {
  const { webhookUrl } = options
  return createAsyncEngine<EndpointModel>(
    {
      id: 'replicate',
      queue: 'replicate',
      vendor: 'Replicate',
      secretVariable: 'REPLICATE_API_TOKEN',
      origin: 'https://api.replicate.com/v1',
      authorize: (secret) => ({ authorization: `Bearer ${secret}` }),
      models: options.models ?? REPLICATE_MODELS,
      capabilities: replicateCapabilities,
      imageNeeds: { formats: ['png', 'jpeg', 'webp'], maxBytes: MAX_IMAGE_BYTES },
      toCall: (request, send) => toReplicateCall(request, send, options),
      readSubmit: readReplicateSubmit,
      toPoll: ({ id }) => ({ path: pathOf(id) }),
      readPoll: readReplicatePoll,
      toCancel: ({ id }) => ({ method: 'POST', path: `${pathOf(id)}/cancel` }),
      readVerdict: readReplicateVerdict,
      estimate: (input) => estimateReplicate(input),
      ...(webhookUrl === undefined
        ? {}
        : { recover: async ({ jobId }, send) => findLost(webhookUrl(jobId), send) }),
    },
    options,
  )
}

function pathOf(id: unknown): string {
  return `/predictions/${encodeURIComponent(String(id))}`
}

async function findLost(webhook: string, send: SendFree): Promise<{ id: string } | null> {
  let path: string | null = '/predictions'
  for (let page = 0; page < MAX_PAGES && path !== null; page += 1) {
    const { id, next } = findByWebhook(await send({ path }), webhook)
    if (id !== null) return { id }
    path = next
  }
  return null
}
