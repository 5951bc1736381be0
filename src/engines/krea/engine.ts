import type { Engine } from '../../core/engine.ts'
import { createAsyncEngine } from '../../net/upstream/async-engine.ts'
import type { UpstreamEngineOptions } from '../../net/upstream/engine-options.ts'
import { readKreaPoll, readKreaSubmit, readKreaVerdict } from './answer.ts'
import type { KreaModel } from './models.ts'
import { kreaCapabilities } from './models.ts'
import { toKreaCall } from './request.ts'

export type KreaEngineOptions = UpstreamEngineOptions & {
  /** Every model that the other server has; the catalogue's entries fit. */
  models: readonly KreaModel[]
}

/** The document's limit of an asset. */
const MAX_IMAGE_BYTES = 75_000_000

/** The Krea API itself, or another server that speaks it: the request goes on as it came, images become assets. */
export function createKreaEngine({ models, ...options }: KreaEngineOptions): Engine {
  return createAsyncEngine<KreaModel>(
    {
      id: 'krea',
      queue: 'krea',
      vendor: 'Krea',
      secretVariable: 'AFTERIMAGE_KREA_API_KEY',
      origin: 'https://api.krea.ai',
      authorize: (secret) => ({ authorization: `Bearer ${secret}` }),
      models: Object.fromEntries(models.map((model) => [model.id, model])),
      capabilities: kreaCapabilities,
      imageNeeds: { formats: ['png', 'jpeg', 'webp'], maxBytes: MAX_IMAGE_BYTES },
      toCall: toKreaCall,
      readSubmit: readKreaSubmit,
      toPoll: ({ id }) => ({ path: pathOf(id) }),
      readPoll: readKreaPoll,
      toCancel: ({ id }) => ({ method: 'DELETE', path: pathOf(id) }),
      readVerdict: readKreaVerdict,
      estimate: (input, model) => model.price(input),
    },
    options,
  )
}

function pathOf(id: unknown): string {
  return `/jobs/${encodeURIComponent(String(id))}`
}
