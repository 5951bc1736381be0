import type { Engine } from '../../core/engine.ts'
import type { UpstreamEngineOptions } from '../../net/upstream/engine-options.ts'
import { createSyncEngine } from '../../net/upstream/sync-engine.ts'
import { readArkAnswer, readArkVerdict } from './answer.ts'
import type { ArkModel } from './models.ts'
import { ARK_MODELS, arkCapabilities } from './models.ts'
import { priceOfImages } from './prices.ts'
import { toArkCall } from './request.ts'

export type BytePlusEngineOptions = UpstreamEngineOptions & {
  /** Replaces the table: the mainland endpoint has ids of its own (`doubao-…`). */
  models?: Readonly<Record<string, ArkModel>>
}

/** The vendor says: up to 10 MB. */
const MAX_IMAGE_BYTES = 10_000_000

/** BytePlus ModelArk: one call that answers with addresses, good for 24 hours. Cannot be resumed. */
export function createBytePlusEngine(options: BytePlusEngineOptions): Engine {
  return createSyncEngine<ArkModel>(
    {
      id: 'byteplus',
      queue: 'byteplus',
      vendor: 'BytePlus',
      secretVariable: 'ARK_API_KEY',
      origin: 'https://ark.ap-southeast.bytepluses.com/api/v3',
      authorize: (secret) => ({ authorization: `Bearer ${secret}` }),
      models: options.models ?? ARK_MODELS,
      capabilities: arkCapabilities,
      imageNeeds: { formats: ['png', 'jpeg', 'webp'], maxBytes: MAX_IMAGE_BYTES },
      toCall: toArkCall,
      read: ({ answer }, { model }) => readArkAnswer(answer, model.upstream),
      readVerdict: readArkVerdict,
      estimate: (_input, { upstream }) => priceOfImages(upstream, 1),
    },
    options,
  )
}
