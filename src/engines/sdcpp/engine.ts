import type { Engine } from '../../core/engine.ts'
import type { AdapterRequest, OutgoingCall } from '../../net/upstream/adapter.ts'
import { createAsyncEngine } from '../../net/upstream/async-engine.ts'
import { jsonBody } from '../../net/upstream/body.ts'
import type { EndpointModel } from '../endpoint.ts'
import { writeEndpointBody } from '../endpoint-body.ts'
import type { HomeEngineOptions } from '../home.ts'
import { bearer, followSource, HOME_COST, toHomeOptions } from '../home.ts'
import { toBase64 } from '../image-text.ts'
import { nest } from '../nest.ts'
import { readSdcppPoll, readSdcppSubmit, readSdcppVerdict } from './answer.ts'
import { SDCPP_MODELS, SDCPP_NATURAL, sdcppCapabilities } from './models.ts'

export type SdcppEngineOptions = HomeEngineOptions & {
  /** Ids of the models that the server has loaded; all that could be by default. */
  serves?: readonly string[]
  models?: Readonly<Record<string, EndpointModel>>
}

const MAX_IMAGE_BYTES = 50_000_000

/** stable-diffusion.cpp's own server, by its native jobs; finished ones are kept there for ten minutes. */
export function createSdcppEngine({ serves, models = SDCPP_MODELS, ...options }: SdcppEngineOptions): Engine {
  const served = Object.entries(models).filter(([id]) => serves === undefined || serves.includes(id))
  return createAsyncEngine<EndpointModel>(
    {
      id: 'sdcpp',
      queue: 'sdcpp',
      vendor: 'Stable-diffusion.cpp',
      secretVariable: 'AFTERIMAGE_SDCPP_TOKEN',
      origin: options.origin,
      isRepeatable: true,
      authorize: bearer,
      models: Object.fromEntries(served),
      capabilities: sdcppCapabilities,
      imageNeeds: { formats: ['png', 'jpeg', 'webp'], maxBytes: MAX_IMAGE_BYTES, mask: 'white' },
      toCall,
      readSubmit: readSdcppSubmit,
      toPoll: ({ id }) => ({ path: pathOf(id) }),
      readPoll: readSdcppPoll,
      toCancel: ({ id }) => ({ method: 'POST', path: `${pathOf(id)}/cancel` }),
      readVerdict: readSdcppVerdict,
      estimate: () => HOME_COST,
    },
    toHomeOptions(options),
  )
}

function pathOf(id: unknown): string {
  return `/sdcpp/v1/jobs/${encodeURIComponent(String(id))}`
}

async function toCall({ input, model, images }: AdapterRequest<EndpointModel>): Promise<OutgoingCall> {
  const { endpoint, body, warnings } = await writeEndpointBody({
    model,
    capabilities: sdcppCapabilities(model),
    input,
    images,
    toText: toBase64,
  })
  // Left alone, the server would make a square of whatever size it was started with. The seed is always sent, so
  // that a job which is run again after a crash makes the same picture.
  const defaults = { ...followSource(input, SDCPP_NATURAL), seed: input.seed }
  return { path: endpoint.path, body: jsonBody({ ...defaults, ...nest(body) }), warnings }
}
