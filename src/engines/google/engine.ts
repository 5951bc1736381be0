import type { Engine } from '../../core/engine.ts'
import type { UpstreamEngineOptions } from '../../net/upstream/engine-options.ts'
import { createSyncEngine } from '../../net/upstream/sync-engine.ts'
import { readGoogleAnswer, readGoogleVerdict } from './answer.ts'
import { chooseConfig } from './image-config.ts'
import type { GoogleModel } from './models.ts'
import { GOOGLE_MODELS, googleCapabilities } from './models.ts'
import { estimateImage } from './prices.ts'
import { MAX_INLINE_BYTES, toGoogleCall } from './request.ts'

export type GoogleEngineOptions = UpstreamEngineOptions & {
  /** Replaces the table, to route a model to another upstream id. */
  models?: Readonly<Record<string, GoogleModel>>
}

/** Gemini's image models: inputs and results travel inline in one call. Cannot be resumed. */
export function createGoogleEngine(options: GoogleEngineOptions): Engine {
  return createSyncEngine<GoogleModel>(
    {
      id: 'google',
      queue: 'google',
      vendor: 'Google',
      secretVariable: 'GEMINI_API_KEY',
      origin: 'https://generativelanguage.googleapis.com/v1beta',
      authorize: (secret) => ({ 'x-goog-api-key': secret }),
      models: options.models ?? GOOGLE_MODELS,
      capabilities: googleCapabilities,
      imageNeeds: { formats: ['png', 'jpeg', 'webp', 'heic'], maxBytes: MAX_INLINE_BYTES },
      toCall: toGoogleCall,
      read: ({ answer }, { model }) => readGoogleAnswer(answer, model.upstream),
      readVerdict: readGoogleVerdict,
      estimate: (input, model) =>
        estimateImage(model.upstream, chooseConfig(input, model).config?.imageSize ?? null),
    },
    options,
  )
}
