/** The models that OpenAI's images API serves, as data. Sources: the vendor's OpenAPI document (f85dbe2) and SDK types. */
import type { Capabilities, Support } from '../../core/engine.ts'
import type { GenerateInput } from '../../core/job.ts'

export type OpenAiModel = {
  upstream: string
  /** What Krea documents for a request without `quality`; null leaves it to the vendor. */
  quality: string | null
}

/** The `quality` of a request, from the caller or by default; null leaves it to the vendor. */
export function qualityOf({ fields }: GenerateInput, model: OpenAiModel): string | null {
  return typeof fields.quality === 'string' ? fields.quality : model.quality
}

/** By the name in the caller's URL. */
export const OPENAI_MODELS: Readonly<Record<string, OpenAiModel>> = {
  // Its own gpt-image-1.5 ends on 2026-12-01. Of the two generations that the vendor named in its place, the one of known price.
  'openai/gpt-image': { upstream: 'gpt-image-2.5-flare', quality: 'auto' },
  'openai/gpt-image-2': { upstream: 'gpt-image-2', quality: 'high' },
  'openai/gpt-image-2.5-flare': { upstream: 'gpt-image-2.5-flare', quality: null },
  'openai/gpt-image-2.6-flare': { upstream: 'gpt-image-2.6-flare', quality: null },
  'openai/gpt-image-2.6-sunburst': { upstream: 'gpt-image-2.6-sunburst', quality: null },
  'openai/gpt-image-2.5-sunburst': { upstream: 'gpt-image-2.5-sunburst', quality: null },
}

/** Most images of one edit, and most results of one call. */
export const MAX_IMAGES = 16
export const MAX_COUNT = 10

const FIELDS: Readonly<Record<string, Support>> = {
  prompt: 'native',
  image_url: 'native',
  image_urls: 'native',
  style_images: 'native',
  mask_url: 'native',
  width: 'native',
  height: 'native',
  size: 'native',
  aspect_ratio: 'native',
  resolution: 'native',
  quality: 'native',
  background: 'native',
  output_format: 'native',
  count: 'native',
  previews: 'native',
  seed: 'unsupported',
  strength: 'unsupported',
  styles: 'unsupported',
  precise_edit: 'unsupported',
}

const REASONS: Readonly<Record<string, string>> = {
  seed: 'the images API takes no seed',
  strength: 'the images API has no strength; say in the prompt how much shall change',
  styles: 'trained styles exist only on Krea',
  precise_edit: 'the image of the upstream is passed on as it is',
}

/** The same for all of them; sizes differ, but each takes every size field and says when it had to adjust. */
export const OPENAI_CAPABILITIES: Capabilities = {
  operations: ['edit', 'generate'],
  maxImages: MAX_IMAGES,
  outputFormats: ['png', 'jpeg', 'webp'],
  fields: FIELDS,
  reasons: REASONS,
}
