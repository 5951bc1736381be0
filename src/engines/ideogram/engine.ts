import type { Engine } from '../../core/engine.ts'
import type { Vendor } from '../../net/upstream/adapter.ts'
import { createAsyncEngine } from '../../net/upstream/async-engine.ts'
import { UNKNOWN_COST } from '../../net/upstream/cost.ts'
import type { UpstreamEngineOptions } from '../../net/upstream/engine-options.ts'
import type { ImageNeeds } from '../../net/upstream/inputs.ts'
import { createSyncEngine } from '../../net/upstream/sync-engine.ts'
import { readIdeogramAnswer, readIdeogramVerdict } from './answer.ts'
import { ideogramGenerationPath, readIdeogramPoll, readIdeogramSubmit } from './job-answer.ts'
import type { IdeogramJobModel } from './job-models.ts'
import { IDEOGRAM_JOB_MODELS, ideogramJobCapabilities } from './job-models.ts'
import { priceOfIdeogramJob, toIdeogramJobCall } from './job-request.ts'
import type { IdeogramModel } from './models.ts'
import { IDEOGRAM_MODELS, ideogramCapabilities } from './models.ts'
import { priceOfIdeogram } from './prices.ts'
import { toIdeogramCall } from './request.ts'

const COMMON: Vendor & { id: string; queue: string; imageNeeds: ImageNeeds } = {
  id: 'ideogram',
  queue: 'ideogram',
  vendor: 'Ideogram',
  secretVariable: 'IDEOGRAM_API_KEY',
  origin: 'https://api.ideogram.ai',
  authorize: (secret) => ({ 'api-key': secret }),
  readVerdict: readIdeogramVerdict,
  // The vendor said up to 10 MB, and says more today.
  imageNeeds: { formats: ['png', 'jpeg', 'webp'], maxBytes: 10_000_000, mask: 'black' },
}
/** Polls are limited for the whole account. */
const POLL_PAUSE_MS = 2000

/**
 * Ideogram. Version 3.0 answers at once and cannot be resumed; 4.5 answers with the number of a generation, which is
 * polled. Results lie at addresses for a day. No cancel.
 */
export function createIdeogramEngine(options: UpstreamEngineOptions): Engine {
  const [third, fourth] = [createThird(options), createFourth(options)]
  const engineOf = (model: string): Engine => (Object.hasOwn(IDEOGRAM_JOB_MODELS, model) ? fourth : third)
  return {
    // Only generations of 4.5 have handles, so its members follow them.
    ...fourth,
    capabilities: (model) => engineOf(model).capabilities(model),
    upstreamId: (model) => engineOf(model).upstreamId?.(model) ?? null,
    revision: (model) => engineOf(model).revision?.(model) ?? null,
    submit: (request, context) => engineOf(request.input.model).submit(request, context),
    estimate: (input) => engineOf(input.model).estimate?.(input) ?? UNKNOWN_COST,
    close: async () => {
      await Promise.all([third.close?.(), fourth.close?.()])
    },
  }
}

function createThird(options: UpstreamEngineOptions): Engine {
  return createSyncEngine<IdeogramModel>(
    {
      ...COMMON,
      models: IDEOGRAM_MODELS,
      capabilities: ideogramCapabilities,
      toCall: toIdeogramCall,
      read: ({ answer }, { input }) => readIdeogramAnswer(answer, (count) => priceOfIdeogram(input, count)),
      estimate: (input) => priceOfIdeogram(input, input.count),
    },
    options,
  )
}

function createFourth(options: UpstreamEngineOptions): Engine {
  return createAsyncEngine<IdeogramJobModel>(
    {
      ...COMMON,
      models: IDEOGRAM_JOB_MODELS,
      capabilities: ideogramJobCapabilities,
      toCall: toIdeogramJobCall,
      readSubmit: (answer, { input, model }) => readIdeogramSubmit(answer, priceOfIdeogramJob(input, model)),
      toPoll: (job) => ({ path: ideogramGenerationPath(job) }),
      readPoll: readIdeogramPoll,
      pollPauseMs: POLL_PAUSE_MS,
      estimate: priceOfIdeogramJob,
    },
    options,
  )
}
