import type { Engine } from '../../core/engine.ts'
import type { AdapterRequest, OutgoingCall } from '../../net/upstream/adapter.ts'
import { createAsyncEngine } from '../../net/upstream/async-engine.ts'
import { jsonBody } from '../../net/upstream/body.ts'
import type { UpstreamEngineOptions } from '../../net/upstream/engine-options.ts'
import type { EndpointModel } from '../endpoint.ts'
import { writeEndpointBody } from '../endpoint-body.ts'
import { toDataUri } from '../image-text.ts'
import { readFalPoll, readFalResult, readFalSubmit, readFalVerdict } from './answer.ts'
import { FAL_MODELS, falCapabilities } from './models.ts'
import { estimateFal } from './prices.ts'

export type FalEngineOptions = UpstreamEngineOptions & {
  /** Replaces the table, to route a model to another endpoint. */
  models?: Readonly<Record<string, EndpointModel>>
}

/** Inputs travel as data URIs inside the request; larger ones are made smaller before. */
const MAX_IMAGE_BYTES = 10 * 1024 * 1024

/** fal's queue: a submit answers with addresses to ask at, and to cancel. */
export function createFalEngine(options: FalEngineOptions): Engine {
  return createAsyncEngine<EndpointModel>(
    {
      id: 'fal',
      queue: 'fal',
      vendor: 'Fal',
      secretVariable: 'FAL_KEY',
      origin: 'https://queue.fal.run',
      trustedSuffixes: ['.fal.run'],
      authorize: (secret) => ({ authorization: `Key ${secret}` }),
      models: options.models ?? FAL_MODELS,
      capabilities: falCapabilities,
      imageNeeds: { formats: ['png', 'jpeg', 'webp'], maxBytes: MAX_IMAGE_BYTES, mask: 'white' },
      toCall,
      readSubmit: readFalSubmit,
      toPoll: ({ statusUrl }) => ({ path: `${String(statusUrl)}?logs=1` }),
      readPoll: readFalPoll,
      readResult: readFalResult,
      toCancel: ({ cancelUrl }) => ({ method: 'PUT', path: String(cancelUrl) }),
      readVerdict: readFalVerdict,
      estimate: (input) => estimateFal(input),
    },
    options,
  )
}

async function toCall({ input, model, images }: AdapterRequest<EndpointModel>): Promise<OutgoingCall> {
  const capabilities = falCapabilities(model)
  const { endpoint, body, warnings } = await writeEndpointBody({
    model,
    capabilities,
    input,
    images,
    toText: toDataUri,
  })
  return { path: `/${endpoint.path}`, body: jsonBody(body), warnings }
}
