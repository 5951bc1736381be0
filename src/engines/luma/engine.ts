import type { Engine } from '../../core/engine.ts'
import { createAsyncEngine } from '../../net/upstream/async-engine.ts'
import type { UpstreamEngineOptions } from '../../net/upstream/engine-options.ts'
import { generationPath, readLumaPoll, readLumaSubmit, readLumaVerdict } from './answer.ts'
import type { LumaModel } from './models.ts'
import { LUMA_MODELS, lumaCapabilities } from './models.ts'
import { priceOfLuma } from './prices.ts'
import { toLumaCall } from './request.ts'

/** No limit is published, but there is a word for pictures beyond it; nine of these make 96 MB of base64. */
const MAX_IMAGE_BYTES = 8_000_000
/** The vendor's own examples wait as long; a generation takes a minute. */
const POLL_PAUSE_MS = 2000

/** Luma's API: a generation that is polled, and a result at an address for an hour. No cancel. */
export function createLumaEngine(options: UpstreamEngineOptions): Engine {
  return createAsyncEngine<LumaModel>(
    {
      id: 'luma',
      queue: 'luma',
      vendor: 'Luma',
      secretVariable: 'LUMA_API_KEY',
      origin: 'https://agents.lumalabs.ai/v1',
      authorize: (secret) => ({ authorization: `Bearer ${secret}` }),
      models: LUMA_MODELS,
      capabilities: lumaCapabilities,
      imageNeeds: { formats: ['png', 'jpeg', 'webp'], maxBytes: MAX_IMAGE_BYTES },
      toCall: toLumaCall,
      readVerdict: readLumaVerdict,
      readSubmit: (answer, { input }) => readLumaSubmit(answer, priceOfLuma(input)),
      toPoll: (job) => ({ path: generationPath(job) }),
      readPoll: readLumaPoll,
      pollPauseMs: POLL_PAUSE_MS,
      estimate: (input) => priceOfLuma(input),
    },
    options,
  )
}
