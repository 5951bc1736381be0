import type { Engine } from '../../core/engine.ts'
import type { GenerateInput } from '../../core/job.ts'
import { createAsyncEngine } from '../../net/upstream/async-engine.ts'
import { choosePixels } from '../choose-size.ts'
import type { UpstreamEngineOptions } from '../../net/upstream/engine-options.ts'
import { readBflPoll, readBflSubmit, readBflVerdict, toBflPoll } from './answer.ts'
import type { BflModel } from './models.ts'
import { BFL_MODELS, bflCapabilities } from './models.ts'
import { estimateBfl } from './prices.ts'
import { toBflCall } from './request.ts'

export type BflEngineOptions = UpstreamEngineOptions & {
  /** Replaces the table, to route a model to another endpoint. */
  models?: Readonly<Record<string, BflModel>>
}

/** The vendor says: up to 20 MB. */
const MAX_IMAGE_BYTES = 20_000_000

/** Black Forest Labs' API: a job that is polled, and a result that lies at an address for ten minutes. No cancel. */
export function createBflEngine(options: BflEngineOptions): Engine {
  const now = (): number => options.clock.now()
  return createAsyncEngine<BflModel>(
    {
      id: 'bfl',
      queue: 'bfl',
      vendor: 'Black Forest Labs',
      secretVariable: 'BFL_API_KEY',
      origin: 'https://api.bfl.ai/v1',
      trustedSuffixes: ['.bfl.ai'],
      authorize: (secret) => ({ 'x-key': secret }),
      models: options.models ?? BFL_MODELS,
      capabilities: bflCapabilities,
      imageNeeds: { formats: ['png', 'jpeg', 'webp'], maxBytes: MAX_IMAGE_BYTES },
      toCall: toBflCall,
      readVerdict: readBflVerdict,
      readSubmit: (answer) => readBflSubmit(answer, now()),
      toPoll: toBflPoll,
      readPoll: (answer, job) => readBflPoll(answer, job, now()),
      estimate: (input, model) => estimateBfl(model.upstream, input, sizeOf(input, model)),
    },
    options,
  )
}

function sizeOf(input: GenerateInput, { shape }: BflModel): { width: number; height: number } | null {
  return 'pixels' in shape ? choosePixels(input, shape.pixels).size : null
}
