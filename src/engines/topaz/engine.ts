import type { Engine } from '../../core/engine.ts'
import type { Cost, GenerateInput } from '../../core/job.ts'
import { createAsyncEngine } from '../../net/upstream/async-engine.ts'
import { UNKNOWN_COST } from '../../net/upstream/cost.ts'
import type { UpstreamEngineOptions } from '../../net/upstream/engine-options.ts'
import { jobPath, readTopazDownload, readTopazPoll, readTopazSubmit, readTopazVerdict } from './answer.ts'
import type { TopazModel } from './models.ts'
import { TOPAZ_MODELS, topazCapabilities } from './models.ts'
import { chooseOutputSize } from './output-size.ts'
import { DEFAULT_USD_PER_CREDIT, estimateFaithful } from './prices.ts'
import { toTopazCall } from './request.ts'

export type TopazEngineOptions = UpstreamEngineOptions & {
  /** What a credit costs on the operator's plan, in US dollars; $0.08 unless said. */
  usdPerCredit?: number
}

/** Jobs take tens of seconds. */
const POLL_PAUSE_MS = 1000

/** Topaz Labs' image API: a job that is polled and can be cancelled, and a file whose address is asked for at the end. */
export function createTopazEngine(options: TopazEngineOptions): Engine {
  const usdPerCredit = options.usdPerCredit ?? DEFAULT_USD_PER_CREDIT
  return createAsyncEngine<TopazModel>(
    {
      id: 'topaz',
      queue: 'topaz',
      vendor: 'Topaz',
      secretVariable: 'TOPAZ_API_KEY',
      origin: 'https://api.topazlabs.com/image/v1',
      authorize: (secret) => ({ 'x-api-key': secret }),
      models: TOPAZ_MODELS,
      capabilities: topazCapabilities,
      // No limit of the file's size is published.
      imageNeeds: { formats: ['png', 'jpeg', 'tiff'], maxBytes: Number.MAX_SAFE_INTEGER },
      toCall: (request) => toTopazCall(request),
      readVerdict: readTopazVerdict,
      readSubmit: readTopazSubmit,
      toPoll: (job) => ({ path: jobPath('status', job) }),
      readPoll: (answer, job) => readTopazPoll(answer, job, usdPerCredit),
      readResult: readTopazDownload,
      toCancel: (job) => ({ method: 'DELETE', path: jobPath('cancel', job) }),
      pollPauseMs: POLL_PAUSE_MS,
      estimate: (input, model) => estimate(input, { model, usdPerCredit }),
    },
    options,
  )
}

function estimate(
  input: GenerateInput,
  { model, usdPerCredit }: { model: TopazModel; usdPerCredit: number },
): Cost {
  const source = input.images.find(({ role }) => role === 'source')
  if (model.path !== '/enhance/async' || source === undefined) return UNKNOWN_COST
  return estimateFaithful(chooseOutputSize(input, source.info).size ?? source.info, usdPerCredit)
}
