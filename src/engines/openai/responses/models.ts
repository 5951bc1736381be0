/** What the image tool of OpenAI's Responses API takes. Source: the vendor's OpenAPI document (f85dbe2) and guides. */
import type { Capabilities } from '../../../core/engine.ts'
import type { OpenAiModel } from '../models.ts'
import { OPENAI_CAPABILITIES, OPENAI_MODELS } from '../models.ts'

/** `mainModel`: id of the text model that calls the image tool. */
export type ResponsesModel = OpenAiModel & { mainModel: string }

/** Those of the images API, by the name in the caller's URL. */
export function responsesModels(mainModel: string): Readonly<Record<string, ResponsesModel>> {
  return Object.fromEntries(Object.entries(OPENAI_MODELS).map(([id, model]) => [id, { ...model, mainModel }]))
}

const ONE_PICTURE = 'a response in the background carries one picture; the images API makes several'

/** As of the images API, but for several results and previews. */
export const RESPONSES_CAPABILITIES: Capabilities = {
  ...OPENAI_CAPABILITIES,
  fields: { ...OPENAI_CAPABILITIES.fields, count: 'unsupported', previews: 'unsupported' },
  reasons: {
    ...OPENAI_CAPABILITIES.reasons,
    count: ONE_PICTURE,
    previews: 'a response in the background is polled, and shows nothing before its end',
    seed: 'the image tool takes no seed',
    strength: 'the image tool has no strength; say in the prompt how much shall change',
  },
}

/** Of one input image. Source: the vendor's guide to images and vision, which says 20 MB. */
export const MAX_IMAGE_BYTES = 20_000_000 - 1
/** Of all images of a request together, mask and all. Source: the same guide, which says 50 MB. */
export const MAX_BYTES_OF_ALL = 50_000_000 - 1
