import { z } from 'zod'
import type { Engine, EngineContext } from '../../core/engine.ts'
import type { UpstreamEngineOptions } from '../../net/upstream/engine-options.ts'
import type { UpstreamEvent } from '../../net/upstream/events.ts'
import { createSyncEngine } from '../../net/upstream/sync-engine.ts'
import { readOpenAiAnswer, readOpenAiVerdict } from './answer.ts'
import type { OpenAiModel } from './models.ts'
import { OPENAI_CAPABILITIES, OPENAI_MODELS, qualityOf } from './models.ts'
import { estimateOutput } from './prices.ts'
import { toOpenAiCall } from './request.ts'
import { chooseSize } from './size.ts'

/** An unfinished image, for people who wait. */
export type Preview = { jobId: string; index: number; base64: string }

export type OpenAiEngineOptions = UpstreamEngineOptions & {
  /** Replaces the table, to route a model to another upstream id. */
  models?: Readonly<Record<string, OpenAiModel>>
  /** Asks for 1 to 3 partial images; each costs 100 output tokens. Without it nothing is streamed. */
  previews?: { count: 1 | 2 | 3; onPreview: (preview: Preview) => void }
}

/** The vendor says: less than 50 MB. */
const MAX_IMAGE_BYTES = 50_000_000 - 1
const PARTIAL = z.object({
  type: z.enum(['image_edit.partial_image', 'image_generation.partial_image']),
  partial_image_index: z.number(),
  b64_json: z.string(),
})

/** OpenAI's images API: edits and generations in one call that answers with the image. Cannot be resumed. */
export function createOpenAiEngine(options: OpenAiEngineOptions): Engine {
  return createSyncEngine<OpenAiModel>(
    {
      id: 'openai',
      queue: 'openai',
      vendor: 'OpenAI',
      secretVariable: 'OPENAI_API_KEY',
      origin: 'https://api.openai.com/v1',
      authorize: (secret) => ({ authorization: `Bearer ${secret}` }),
      models: options.models ?? OPENAI_MODELS,
      capabilities: () => OPENAI_CAPABILITIES,
      imageNeeds: { formats: ['png', 'jpeg', 'webp'], maxBytes: MAX_IMAGE_BYTES, mask: 'transparent' },
      toCall: (request) => toOpenAiCall(request, options.previews?.count ?? 0),
      read: (reply, { model }) => readOpenAiAnswer(reply, model.upstream),
      readVerdict: readOpenAiVerdict,
      onEvent: (event, { jobId, context }) => reportPartial(options, { event, jobId, context }),
      estimate: (input, model) =>
        estimateOutput({
          upstream: model.upstream,
          size: chooseSize(input).size,
          quality: qualityOf(input, model),
          count: input.count,
        }),
    },
    options,
  )
}

type PartialImage = { event: UpstreamEvent; jobId: string; context: EngineContext }

function reportPartial({ previews }: OpenAiEngineOptions, { event, jobId, context }: PartialImage): void {
  const parsed = PARTIAL.safeParse(event.json)
  if (!parsed.success || previews === undefined) return
  const { partial_image_index: index, b64_json: base64 } = parsed.data
  previews.onPreview({ jobId, index, base64 })
  const percent = Math.round((100 * (index + 1)) / (previews.count + 1))
  context.onProgress('intermediate-complete', { stage: `preview ${index + 1}`, percent, etaMs: null })
}
