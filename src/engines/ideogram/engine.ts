import type { Engine } from '../../core/engine.ts'
import type { UpstreamEngineOptions } from '../../net/upstream/engine-options.ts'
import { createSyncEngine } from '../../net/upstream/sync-engine.ts'
import { readIdeogramAnswer, readIdeogramVerdict } from './answer.ts'
import type { IdeogramModel } from './models.ts'
import { IDEOGRAM_MODELS, ideogramCapabilities } from './models.ts'
import { priceOfIdeogram } from './prices.ts'
import { toIdeogramCall } from './request.ts'

/** The vendor says: up to 10 MB. */
const MAX_IMAGE_BYTES = 10_000_000

/** Ideogram 3.0: a form, and an answer with addresses that live a day. Cannot be resumed. */
export function createIdeogramEngine(options: UpstreamEngineOptions): Engine {
  return createSyncEngine<IdeogramModel>(
    {
      id: 'ideogram',
      queue: 'ideogram',
      vendor: 'Ideogram',
      secretVariable: 'IDEOGRAM_API_KEY',
      origin: 'https://api.ideogram.ai',
      authorize: (secret) => ({ 'api-key': secret }),
      models: IDEOGRAM_MODELS,
      capabilities: ideogramCapabilities,
      imageNeeds: { formats: ['png', 'jpeg', 'webp'], maxBytes: MAX_IMAGE_BYTES, mask: 'black' },
      toCall: toIdeogramCall,
      read: ({ answer }, { input }) => readIdeogramAnswer(answer, (count) => priceOfIdeogram(input, count)),
      readVerdict: readIdeogramVerdict,
      estimate: (input) => priceOfIdeogram(input, input.count),
    },
    options,
  )
}
