/**
 * The Qwen image models that Alibaba's DashScope (Model Studio) serves, as data. Source: the vendor's references
 * qwen-image-edit-api and qwen-image-generation-and-editing-api as of February and October 2026.
 */
import type { Capabilities, Support } from '../../core/engine.ts'
import type { SizeLimits } from '../../net/upstream/fit-size.ts'

export type DashScopeModel = {
  upstream: string
  /** 0 where only words are taken. */
  maxImages: number
  /** Whether it also paints from words alone. */
  canGenerate: boolean
}

/** By the name in the caller's URL. Qwen 2512 itself is not hosted; the vendor's newer standard model stands in. */
export const DASHSCOPE_MODELS: Readonly<Record<string, DashScopeModel>> = {
  'qwen/qwen-image-edit-plus': { upstream: 'qwen-image-edit-plus', maxImages: 3, canGenerate: false },
  'qwen/qwen-image-edit-max': { upstream: 'qwen-image-edit-max', maxImages: 3, canGenerate: false },
  'qwen/qwen-image-3.0': { upstream: 'qwen-image-3.0', maxImages: 3, canGenerate: true },
  'qwen/qwen-image-3.0-pro': { upstream: 'qwen-image-3.0-pro', maxImages: 3, canGenerate: true },
  'qwen/qwen-image-2.1-pro': { upstream: 'qwen-image-2.1-pro', maxImages: 10, canGenerate: true },
  'qwen/qwen-image-2.0-pro': { upstream: 'qwen-image-2.0-pro', maxImages: 3, canGenerate: true },
  'qwen/2512': { upstream: 'qwen-image-3.0', maxImages: 0, canGenerate: true },
}

/** Between the squares of 512 and 2048; the vendor rounds other sides to multiples of 16 itself. */
export const DASHSCOPE_SIZES: SizeLimits = { step: 16, minSide: 512, maxSide: 2048 }
/** Results of one call. */
export const DASHSCOPE_MAX_COUNT = 6

const REASONS: Readonly<Record<string, string>> = {
  num_inference_steps: 'the hosted model chooses the number of steps',
  cfg_scale: 'the hosted model chooses its guidance',
  styles: 'trained styles exist only on Krea',
  output_format: 'the model always makes PNG',
  quality: 'the model always makes PNG, which is lossless',
  strength: 'the model edits by instruction and has no strength; say in the prompt how much shall change',
  mask_url: 'the model takes no mask; say in the prompt which part shall change',
  precise_edit: 'the image of the upstream is passed on as it is',
}

export function dashScopeCapabilities({ maxImages, canGenerate }: DashScopeModel): Capabilities {
  const pictures: Support = maxImages > 0 ? 'native' : 'unsupported'
  return {
    operations: [...(maxImages > 0 ? ['edit' as const] : []), ...(canGenerate ? ['generate' as const] : [])],
    maxImages,
    outputFormats: [],
    fields: {
      prompt: 'native',
      image_url: pictures,
      image_urls: pictures,
      style_images: pictures,
      width: 'native',
      height: 'native',
      size: 'native',
      aspect_ratio: 'native',
      resolution: 'native',
      seed: 'native',
      count: 'native',
      negative_prompt: 'native',
      skip_prompt_expansion: 'native',
    },
    reasons: REASONS,
  }
}
