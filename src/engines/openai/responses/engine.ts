import type { Engine } from '../../../core/engine.ts'
import { createAsyncEngine } from '../../../net/upstream/async-engine.ts'
import { UNKNOWN_COST } from '../../../net/upstream/cost.ts'
import type { UpstreamEngineOptions } from '../../../net/upstream/engine-options.ts'
import { readOpenAiVerdict } from '../answer.ts'
import { readResponsesPoll, readResponsesSubmit } from './answer.ts'
import type { ResponsesModel } from './models.ts'
import { MAX_IMAGE_BYTES, RESPONSES_CAPABILITIES, responsesModels } from './models.ts'
import { toResponsesCall } from './request.ts'

export type ResponsesEngineOptions = UpstreamEngineOptions & {
  /** Id of the text model that calls the image tool, and whose tokens are paid for beside the image. */
  mainModel: string
}

/** The pause of the vendor's own examples. */
const POLL_PAUSE_MS = 2000

/**
 * OpenAI's Responses API in the background: a response that is polled, so that a restart in between loses nothing.
 * There is no documented way to find a response whose submit was not answered; its outcome stays unknown.
 * Shares key and queue with the images API. What it costs stays unknown: the main model's tokens, whose price depends
 * on the operator's choice, come on top of the image, and answers document no tokens of the image.
 */
export function createResponsesEngine({ mainModel, ...options }: ResponsesEngineOptions): Engine {
  return createAsyncEngine<ResponsesModel>(
    {
      id: 'openai-responses',
      queue: 'openai',
      vendor: 'OpenAI',
      secretVariable: 'OPENAI_API_KEY',
      origin: 'https://api.openai.com/v1',
      authorize: (secret) => ({ authorization: `Bearer ${secret}` }),
      models: responsesModels(mainModel),
      capabilities: () => RESPONSES_CAPABILITIES,
      imageNeeds: { formats: ['png', 'jpeg', 'webp'], maxBytes: MAX_IMAGE_BYTES, mask: 'transparent' },
      toCall: toResponsesCall,
      readSubmit: readResponsesSubmit,
      toPoll: ({ id }) => ({ path: pathOf(id) }),
      readPoll: readResponsesPoll,
      toCancel: ({ id }) => ({ method: 'POST', path: `${pathOf(id)}/cancel` }),
      readVerdict: readOpenAiVerdict,
      pollPauseMs: POLL_PAUSE_MS,
      estimate: () => UNKNOWN_COST,
    },
    options,
  )
}

function pathOf(id: unknown): string {
  return `/responses/${encodeURIComponent(String(id))}`
}
