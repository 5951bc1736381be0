import type { Engine } from '../../core/engine.ts'
import { createAsyncEngine } from '../../net/upstream/async-engine.ts'
import type { UpstreamEngineOptions } from '../../net/upstream/engine-options.ts'
import { readRunwayPoll, readRunwaySubmit, readRunwayVerdict, taskPath } from './answer.ts'
import type { RunwayModel } from './models.ts'
import { RUNWAY_MODELS, runwayCapabilities } from './models.ts'
import { estimateRunway } from './prices.ts'
import { chooseRunwaySize, toRunwayCall } from './request.ts'

/** Every call names it, or is refused. */
const API_VERSION = '2024-11-06'
/** A data URI may have 5 MB; base64 takes a third more than the bytes. */
const MAX_IMAGE_BYTES = 3_700_000
/** The vendor asks for no more than one poll in five seconds. */
const POLL_PAUSE_MS = 5000

/** Runway's API: a task that is polled and can be cancelled; its addresses live a day and are renewed by a new poll. */
export function createRunwayEngine(options: UpstreamEngineOptions): Engine {
  return createAsyncEngine<RunwayModel>(
    {
      id: 'runway',
      queue: 'runway',
      vendor: 'Runway',
      secretVariable: 'RUNWAYML_API_SECRET',
      origin: 'https://api.dev.runwayml.com/v1',
      authorize: (secret) => ({ authorization: `Bearer ${secret}`, 'x-runway-version': API_VERSION }),
      models: RUNWAY_MODELS,
      capabilities: runwayCapabilities,
      imageNeeds: { formats: ['png', 'jpeg', 'webp'], maxBytes: MAX_IMAGE_BYTES },
      toCall: toRunwayCall,
      readVerdict: readRunwayVerdict,
      readSubmit: readRunwaySubmit,
      toPoll: (job) => ({ path: taskPath(job) }),
      readPoll: readRunwayPoll,
      toCancel: (job) => ({ method: 'DELETE', path: taskPath(job) }),
      pollPauseMs: POLL_PAUSE_MS,
      estimate: (input, model) => estimateRunway(chooseRunwaySize(input, model).size, model),
    },
    options,
  )
}
