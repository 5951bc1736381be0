/**
 * What Luma's UNI-1 does, as data. Sources: docs.agents.lumalabs.ai (generations, image editing, pricing), read in
 * November 2026. Photon of the older Dream Machine API takes only public addresses, and Krea has no model of it.
 */
import type { Capabilities } from '../../core/engine.ts'
import type { NamedShapes } from '../choose-size.ts'

export type LumaModel = {
  /** `image` composes from references; `image_edit` changes its first picture, and keeps the shape of it. */
  type: 'image' | 'image_edit'
  /** The picture to edit among them. */
  maxImages: number
}

/** By the name in the caller's URL. */
export const LUMA_MODELS: Readonly<Record<string, LumaModel>> = {
  'luma/uni-1': { type: 'image', maxImages: 9 },
  'luma/uni-1-edit': { type: 'image_edit', maxImages: 9 },
}

/** Every result has about as many pixels as a square of 2048. */
export const LUMA_SHAPES: NamedShapes = {
  ratios: ['3:1', '2:1', '16:9', '3:2', '1:1', '2:3', '9:16', '1:2', '1:3'],
  side: 2048,
}

const REASONS: Readonly<Record<string, string>> = {
  seed: 'UNI-1 takes no seed',
  quality: 'Luma chooses the compression',
  resolution: 'UNI-1 makes one size only',
  count: 'UNI-1 makes one image for each call',
  strength: 'UNI-1 follows instructions and has no strength; say in the prompt how much shall change',
  mask_url: 'UNI-1 takes no mask; say in the prompt which part shall change',
  precise_edit: 'the image of the upstream is passed on as it is',
}

export function lumaCapabilities({ type, maxImages }: LumaModel): Capabilities {
  return {
    operations: type === 'image_edit' ? ['edit'] : ['edit', 'generate'],
    maxImages,
    outputFormats: ['png', 'jpeg'],
    fields: {
      prompt: 'native',
      image_url: 'native',
      image_urls: 'native',
      style_images: 'native',
      width: 'native',
      height: 'native',
      size: 'native',
      aspect_ratio: 'native',
      mode: 'native',
      style: 'native',
      web_search: 'native',
      output_format: 'native',
    },
    reasons: REASONS,
  }
}
