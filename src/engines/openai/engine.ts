import { z } from 'zod'
import type { Engine, EngineContext } from '../../core/engine.ts'
import { previewsOf } from '../../core/previews.ts'
import type { UpstreamEngineOptions } from '../../net/upstream/engine-options.ts'
import type { UpstreamEvent } from '../../net/upstream/events.ts'
import { createSyncEngine } from '../../net/upstream/sync-engine.ts'
import { hasCompleted, readOpenAiAnswer, readOpenAiVerdict } from './answer.ts'
import type { OpenAiModel } from './models.ts'
import { OPENAI_CAPABILITIES, OPENAI_MODELS, qualityOf } from './models.ts'
import { estimateOutput } from './prices.ts'
import { PARTIAL_IMAGES, partialsOf, toOpenAiCall } from './request.ts'
import { chooseSize } from './size.ts'

export type OpenAiEngineOptions = UpstreamEngineOptions & {
  /** Replaces the table, to route a model to another upstream id. */
  models?: Readonly<Record<string, OpenAiModel>>
}

/** The vendor says: less than 50 MB. */
const MAX_IMAGE_BYTES = 50_000_000 - 1
const PARTIAL = z.object({
  type: z.enum(['image_edit.partial_image', 'image_generation.partial_image']),
  partial_image_index: z.number().int().min(0),
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
      toCall: toOpenAiCall,
      read: (reply, { model }) => readOpenAiAnswer(reply, model.upstream),
      readVerdict: readOpenAiVerdict,
      onEvent: reportPartial,
      isAnswered: hasCompleted,
      estimate: (input, model) =>
        estimateOutput({
          upstream: model.upstream,
          size: chooseSize(input).size,
          quality: qualityOf(input, model),
          count: input.count,
          partials: previewsOf(input.options) === 'shown' ? partialsOf(input) : 0,
        }),
    },
    options,
  )
}

function reportPartial(event: UpstreamEvent, { onPreview, onProgress }: EngineContext): boolean {
  const parsed = PARTIAL.safeParse(event.json)
  if (!parsed.success) return false
  const { partial_image_index: index, b64_json: base64 } = parsed.data
  onPreview?.({ bytes: Buffer.from(base64, 'base64') })
  const percent = Math.min(100, Math.round((100 * (index + 1)) / (PARTIAL_IMAGES + 1)))
  onProgress('sampling', { stage: `preview ${index + 1}`, percent, etaMs: null })
  return true
}
