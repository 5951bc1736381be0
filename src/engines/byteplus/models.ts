/**
 * The models that BytePlus ModelArk serves, as data. Source: the vendor's image API reference (ModelArk 1666945) as
 * quoted publicly in December 2025 and May 2026; sizes of Seedream 5.0 Pro from public clients of October 2026.
 */
import type { Capabilities, Support } from '../../core/engine.ts'
import type { SizeLimits } from '../../net/upstream/fit-size.ts'

export type ArkModel = {
  upstream: string
  maxImages: number
  /** `adaptive`: as the image is; the model takes no other size. */
  size: SizeLimits | 'adaptive'
  /** Longer side divided by the shorter one, of an input image. */
  maxInputRatio: number
  /** Whether it knows batches and streams, which are then switched off. */
  isSequential: boolean
  /** What it takes as `output_format`, its default first; empty where it always makes JPEG. */
  formats: readonly ('jpeg' | 'png')[]
  /** Of the third generation alone: a seed, and how closely the prompt is followed. */
  thirdGeneration?: { guidanceScale: number }
}

/** Of the product of both sides; the shorter one follows from the ratio. */
function pixels(minPixels: number, maxPixels: number): SizeLimits {
  return { step: 1, minSide: 15, maxSide: 16_384, minPixels, maxPixels, maxRatio: 16 }
}

const PIXELS_1K = 1280 * 720
const PIXELS_2K = 2560 * 1440
const PIXELS_4K = 4096 * 4096
const SEEDREAM: Omit<ArkModel, 'upstream'> = {
  maxImages: 14,
  size: pixels(PIXELS_2K, PIXELS_4K),
  maxInputRatio: 16,
  isSequential: true,
  formats: [],
}

/** By the name in the caller's URL. */
export const ARK_MODELS: Readonly<Record<string, ArkModel>> = {
  'bytedance/seedream-4': {
    ...SEEDREAM,
    upstream: 'seedream-4-0-250828',
    size: pixels(PIXELS_1K, PIXELS_4K),
  },
  'bytedance/seedream-4.5': { ...SEEDREAM, upstream: 'seedream-4-5-251128' },
  'bytedance/seedream-5-lite': { ...SEEDREAM, upstream: 'seedream-5-0-260128', formats: ['jpeg', 'png'] },
  'bytedance/seedream-5-pro': {
    ...SEEDREAM,
    upstream: 'seedream-5-0-pro-260628',
    maxImages: 10,
    // Larger ones were accepted at times and refused at others.
    size: pixels(PIXELS_1K, 2048 * 2048),
    isSequential: false,
  },
  'bytedance/seededit': {
    upstream: 'seededit-3-0-i2i-250628',
    maxImages: 1,
    size: 'adaptive',
    maxInputRatio: 3,
    isSequential: false,
    formats: [],
    thirdGeneration: { guidanceScale: 5.5 },
  },
}

const REASONS: Readonly<Record<string, string>> = {
  seed: 'only SeedEdit takes a seed',
  width: 'the result is as large as the image',
  height: 'the result is as large as the image',
  size: 'the result is as large as the image',
  output_format: 'the model always makes JPEG',
  quality: 'the API has no setting for the compression',
  count: 'the number of images of a batch is left to the model there',
  strength: 'the model edits by instruction and has no strength; say in the prompt how much shall change',
  mask_url: 'the model takes no mask; say in the prompt which part shall change',
  precise_edit: 'the image of the upstream is passed on as it is',
}

export function arkCapabilities({ maxImages, size, formats, thirdGeneration }: ArkModel): Capabilities {
  const when = (isThere: boolean): Support => (isThere ? 'native' : 'unsupported')
  const sized = when(size !== 'adaptive')
  return {
    operations: size === 'adaptive' ? ['edit'] : ['edit', 'generate'],
    maxImages,
    outputFormats: formats,
    fields: {
      prompt: 'native',
      image_url: 'native',
      image_urls: 'native',
      style_images: 'native',
      width: sized,
      height: sized,
      size: sized,
      aspect_ratio: sized,
      resolution: sized,
      seed: when(thirdGeneration !== undefined),
      output_format: when(formats.length > 0),
    },
    reasons: REASONS,
  }
}
