/** The models that Google's Gemini API serves, as data. Sources: types of @google/genai 3.1.0, the vendor's deprecation page. */
import type { Capabilities, Support } from '../../core/engine.ts'

export type GoogleModel = {
  upstream: string
  maxImages: number
  /** Allowed values of `imageConfig.aspectRatio`. */
  ratios: readonly string[]
  /** Allowed values of `imageConfig.imageSize`; empty where the model has one size and takes no such field. */
  sizes: readonly string[]
}

const RATIOS = ['21:9', '1:1', '4:3', '3:2', '2:3', '5:4', '4:5', '3:4', '16:9', '9:16']
const SIZES = ['1K', '2K', '4K']

/** By the name in the caller's URL. */
export const GOOGLE_MODELS: Readonly<Record<string, GoogleModel>> = {
  'google/nano-banana-pro': {
    upstream: 'gemini-3-pro-image',
    maxImages: 14,
    ratios: RATIOS,
    sizes: SIZES,
  },
  'google/nano-banana-2': {
    upstream: 'gemini-nano-banana-2.1',
    maxImages: 14,
    ratios: [...RATIOS, '4:1', '1:4', '1:8'],
    sizes: SIZES,
  },
  'google/nano-banana': {
    upstream: 'gemini-3.1-flash-lite-image',
    maxImages: 3,
    ratios: RATIOS,
    sizes: [],
  },
  'google/nano-banana-flash-lite': {
    upstream: 'gemini-3.1-flash-lite-image',
    maxImages: 14,
    ratios: RATIOS,
    sizes: [],
  },
}

const FIELDS: Readonly<Record<string, Support>> = {
  prompt: 'native',
  image_url: 'native',
  image_urls: 'native',
  style_images: 'native',
  width: 'native',
  height: 'native',
  size: 'native',
  aspect_ratio: 'native',
  seed: 'native',
  output_format: 'unsupported',
  quality: 'unsupported',
  count: 'unsupported',
  strength: 'unsupported',
  styles: 'unsupported',
  mask_url: 'unsupported',
  precise_edit: 'unsupported',
}

const REASONS: Readonly<Record<string, string>> = {
  output_format: 'Gemini chooses the format',
  quality: 'Gemini chooses the compression',
  count: 'Gemini makes one image for each call',
  strength: 'Gemini has no strength; say in the prompt how much shall change',
  styles: 'trained styles exist only on Krea',
  mask_url: 'Gemini takes no mask; say in the prompt which part shall change',
  precise_edit: 'the image of the upstream is passed on as it is',
  resolution: 'this model makes one size only',
}

export function googleCapabilities({ maxImages, sizes }: GoogleModel): Capabilities {
  return {
    operations: ['edit', 'generate'],
    maxImages,
    outputFormats: [],
    fields: { ...FIELDS, resolution: sizes.length === 0 ? 'unsupported' : 'native' },
    reasons: REASONS,
  }
}
