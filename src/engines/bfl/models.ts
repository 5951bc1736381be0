/**
 * The models that Black Forest Labs serves, as data. Sources: docs.bfl.ai, black-forest-labs/skills@d0793c8, and the
 * vendor's OpenAPI document as described publicly in August 2026.
 */
import type { Capabilities, Support } from '../../core/engine.ts'
import type { NamedShapes } from '../choose-size.ts'
import type { SizeLimits } from '../../net/upstream/fit-size.ts'

export type BflModel = {
  /** The path of its endpoint. */
  upstream: string
  /** `input_image`, `input_image_2` …; 0 where it paints from words alone. */
  maxImages: number
  /** Pixels within limits, or `aspect_ratio` by name. */
  shape: { pixels: SizeLimits } | { named: NamedShapes; fallback: string | null }
  /** Whether it takes `steps` and `guidance`. */
  hasDiffusionKnobs?: boolean
  /** What Krea documents for a request without `raw`; left out where there is no such field. */
  raw?: boolean
  /** Sent with every request. */
  fixed?: Readonly<Record<string, boolean>>
}

/** "4 MP" is 2048 x 2048 in the vendor's examples. */
const FLUX_2: Pick<BflModel, 'shape'> = {
  shape: { pixels: { step: 16, minSide: 64, maxSide: 65_536, maxPixels: 4_194_304 } },
}
/** The vendor takes any ratio from 21:9 to 9:21. */
const RATIOS = ['21:9', '16:9', '3:2', '4:3', '5:4', '1:1', '4:5', '3:4', '2:3', '9:16', '9:21']
/** Four images are experimental, in the vendor's words. Without a shape the result has that of the first image. */
const KONTEXT: Omit<BflModel, 'upstream'> = {
  maxImages: 4,
  shape: { named: { ratios: RATIOS, side: 1024 }, fallback: null },
  fixed: { prompt_upsampling: false },
}

/** By the name in the caller's URL. The dev weights are not hosted; the vendor's own Kontext stands in for them. */
export const BFL_MODELS: Readonly<Record<string, BflModel>> = {
  'bfl/flux-1-kontext-dev': { ...KONTEXT, upstream: 'flux-kontext-pro' },
  'bfl/flux-1.1-pro': {
    upstream: 'flux-pro-1.1',
    maxImages: 0,
    shape: { pixels: { step: 32, minSide: 256, maxSide: 1440 } },
  },
  'bfl/flux-1.1-pro-ultra': {
    upstream: 'flux-pro-1.1-ultra',
    maxImages: 0,
    // The vendor would take 16:9; Krea documents a square.
    shape: { named: { ratios: RATIOS, side: 2048 }, fallback: '1:1' },
    raw: true,
  },
  'bfl/flux-kontext-pro': { ...KONTEXT, upstream: 'flux-kontext-pro' },
  'bfl/flux-kontext-max': { ...KONTEXT, upstream: 'flux-kontext-max' },
  'bfl/flux-2-pro': { ...FLUX_2, upstream: 'flux-2-pro', maxImages: 8 },
  'bfl/flux-2-max': { ...FLUX_2, upstream: 'flux-2-max', maxImages: 8 },
  'bfl/flux-2-flex': { ...FLUX_2, upstream: 'flux-2-flex', maxImages: 8, hasDiffusionKnobs: true },
  'bfl/flux-2-klein-4b': { ...FLUX_2, upstream: 'flux-2-klein-4b', maxImages: 4 },
  'bfl/flux-2-klein-9b': { ...FLUX_2, upstream: 'flux-2-klein-9b', maxImages: 4 },
}

const IMAGE_FIELDS = ['image_url', 'image_urls', 'style_images', 'image_style_references']

const REASONS: Readonly<Record<string, string>> = {
  quality: 'the API has no setting for the compression',
  count: 'the API makes one image for each call',
  strength: 'the model edits by instruction and has no strength; say in the prompt how much shall change',
  steps: 'only flux-2-flex takes steps',
  guidance_scale_flux: 'only flux-2-flex takes a guidance',
  guidance_scale: 'only flux-2-flex takes a guidance',
  resolution: 'this model makes one size only',
  styles: 'trained styles exist only on Krea',
  mask_url: 'the model takes no mask; say in the prompt which part shall change',
  precise_edit: 'the image of the upstream is passed on as it is',
}

export function bflCapabilities({ maxImages, shape, hasDiffusionKnobs, raw }: BflModel): Capabilities {
  const when = (isThere: boolean): Support => (isThere ? 'native' : 'unsupported')
  const knobs = when(hasDiffusionKnobs === true)
  return {
    operations: maxImages === 0 ? ['generate'] : ['edit', 'generate'],
    maxImages,
    outputFormats: ['png', 'jpeg', 'webp'],
    fields: {
      prompt: 'native',
      ...Object.fromEntries(IMAGE_FIELDS.map((field) => [field, when(maxImages > 0)])),
      width: 'native',
      height: 'native',
      size: 'native',
      aspect_ratio: 'native',
      resolution: when('pixels' in shape),
      seed: 'native',
      output_format: 'native',
      raw: when(raw !== undefined),
      steps: knobs,
      guidance_scale_flux: knobs,
      guidance_scale: knobs,
    },
    reasons: REASONS,
  }
}
