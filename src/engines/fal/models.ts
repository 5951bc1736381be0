/**
 * The models that fal serves, as data. Field names and value lists: types of @fal-ai/client 1.10.1; of GPT Image 2,
 * FLUX.2 and Seedream 4.5 the endpoints' own pages of 2026. That package has
 * no ranges; those here are the vendor's documented ones where known, else the widest that every model takes.
 */
import type { Capabilities } from '../../core/engine.ts'
import type { Size } from '../../imaging/geometry.ts'
import type { Endpoint, EndpointModel, FieldRule, ImageSlot } from '../endpoint.ts'
import { capabilitiesOf } from '../endpoint.ts'
import type { ShapeRule } from '../endpoint-shape.ts'

const SEED: FieldRule = { to: 'seed', max: 2 ** 32 - 1 }
const COUNT: FieldRule = { to: 'num_images', max: 4 }
const STEPS: FieldRule = { to: 'num_inference_steps', min: 1, max: 50 }
const GUIDANCE: FieldRule = { to: 'guidance_scale', min: 1, max: 20 }
const FLUX_FIELDS = { steps: STEPS, guidance_scale_flux: GUIDANCE, guidance_scale: GUIDANCE }
const TWO_FORMATS = { to: 'output_format', names: { png: 'png', jpeg: 'jpeg' } } as const
const THREE_FORMATS = { to: 'output_format', names: { png: 'png', jpeg: 'jpeg', webp: 'webp' } } as const

const RATIOS = ['21:9', '16:9', '3:2', '4:3', '5:4', '1:1', '4:5', '3:4', '2:3', '9:16']
const WIDE_RATIOS = [...RATIOS, '4:1', '1:4', '8:1', '1:8']
const KONTEXT_RATIOS = [...RATIOS, '9:21']

const SOURCE: ImageSlot = { field: 'image_url', isList: false, max: 1, roles: [['source'], ['style']] }

function sources(max: number): ImageSlot {
  // Krea's rule: style images count only where there is no other image.
  return { field: 'image_urls', isList: true, max, roles: [['source', 'reference'], ['style']] }
}

function pixels(limits: Extract<ShapeRule, { kind: 'pixels' }>['limits']): ShapeRule {
  return { kind: 'pixels', limits, write: ({ width, height }: Size) => ({ image_size: { width, height } }) }
}

const FREE_PIXELS = pixels({ step: 16, minSide: 256, maxSide: 2048, maxPixels: 4_194_304 })

/** The same shape with and without images: `…/edit` and the plain path. */
function withEdit(path: string, max: number, rest: Omit<Endpoint, 'path' | 'images'>): EndpointModel {
  return {
    endpoints: [
      { ...rest, path: `${path}/edit`, images: [sources(max)] },
      { ...rest, path, images: [] },
    ],
    imageFields: ['image_urls', 'style_images'],
    operations: ['edit', 'generate'],
  }
}

function nanoBanana(path: string, max: number, shape: ShapeRule): EndpointModel {
  return withEdit(path, max, { shape, fields: {}, count: COUNT, formats: THREE_FORMATS })
}

function seedream(path: string, limits: Parameters<typeof pixels>[0], seed: object): EndpointModel {
  const rest = { shape: pixels(limits), fields: {}, count: { ...COUNT, max: 6 }, ...seed }
  return {
    endpoints: [
      { ...rest, path: `${path}/edit`, images: [sources(10)] },
      { ...rest, path: `${path}/text-to-image`, images: [] },
    ],
    imageFields: ['style_images'],
    operations: ['edit', 'generate'],
  }
}

const FLUX_DEV: EndpointModel = {
  endpoints: [
    {
      path: 'fal-ai/flux/dev/image-to-image',
      images: [{ ...SOURCE, roles: [['source']] }],
      shape: { kind: 'source' },
      fields: FLUX_FIELDS,
      strength: { to: 'strength', min: 0.01, max: 1 },
      seed: SEED,
      count: COUNT,
      formats: TWO_FORMATS,
    },
    {
      path: 'fal-ai/flux/dev',
      images: [],
      shape: FREE_PIXELS,
      fields: FLUX_FIELDS,
      seed: SEED,
      count: COUNT,
      formats: TWO_FORMATS,
    },
  ],
  imageFields: ['image_url'],
  operations: ['edit', 'generate'],
}

const KONTEXT: EndpointModel = {
  endpoints: [
    {
      path: 'fal-ai/flux-kontext/dev',
      images: [SOURCE],
      shape: { kind: 'ratio', field: 'resolution_mode', values: KONTEXT_RATIOS },
      fields: FLUX_FIELDS,
      seed: SEED,
      count: COUNT,
      formats: TWO_FORMATS,
    },
  ],
  imageFields: ['image_url', 'style_images'],
  operations: ['edit'],
}

const STYLES: ImageSlot = { field: 'image_urls', isList: true, max: 3, roles: [['style']], isOptional: true }
const IDEOGRAM_REST = {
  shape: pixels({ step: 32, minSide: 512, maxSide: 1536, maxRatio: 3 }),
  fields: { negative_prompt: { to: 'negative_prompt' } },
  seed: SEED,
  count: { ...COUNT, max: 8 },
}
const IDEOGRAM: EndpointModel = {
  endpoints: [
    {
      ...IDEOGRAM_REST,
      path: 'fal-ai/ideogram/character',
      // The vendor reads one and drops the rest without a word.
      images: [{ field: 'reference_image_urls', isList: true, max: 1, roles: [['character']] }, STYLES],
    },
    {
      ...IDEOGRAM_REST,
      path: 'fal-ai/ideogram/v3/remix',
      images: [{ ...SOURCE, roles: [['source']] }, STYLES],
      strength: { to: 'strength', min: 0.01, max: 1 },
    },
    { ...IDEOGRAM_REST, path: 'fal-ai/ideogram/v3', images: [STYLES] },
  ],
  imageFields: ['character_reference_images', 'style_images'],
  operations: ['edit', 'generate'],
}

const QWEN: EndpointModel = {
  endpoints: [
    {
      path: 'fal-ai/qwen-image-2512',
      images: [],
      shape: FREE_PIXELS,
      fields: {
        negative_prompt: { to: 'negative_prompt' },
        num_inference_steps: { to: 'num_inference_steps', min: 2, max: 50 },
        cfg_scale: { to: 'guidance_scale', min: 0, max: 20 },
      },
      seed: SEED,
      count: COUNT,
      formats: THREE_FORMATS,
    },
  ],
  imageFields: [],
  operations: ['generate'],
}

const Z_IMAGE_REST = {
  shape: FREE_PIXELS,
  fields: { skip_prompt_expansion: { to: 'enable_prompt_expansion', isNegated: true } },
  seed: SEED,
  count: COUNT,
  formats: THREE_FORMATS,
} as const
const Z_IMAGE: EndpointModel = {
  endpoints: [
    {
      ...Z_IMAGE_REST,
      path: 'fal-ai/z-image/turbo/image-to-image',
      images: [{ ...SOURCE, roles: [['source']] }],
      strength: { to: 'strength', min: 0, max: 1 },
    },
    { ...Z_IMAGE_REST, path: 'fal-ai/z-image/turbo', images: [] },
  ],
  imageFields: ['image_url'],
  operations: ['edit', 'generate'],
  strengthField: 'denoising_strength',
}

const same = (...names: readonly string[]): Record<string, FieldRule> =>
  Object.fromEntries(names.map((name) => [name, { to: name }]))

function topaz(models: readonly string[], names: readonly string[], strength: object): EndpointModel {
  return {
    endpoints: [
      {
        path: 'fal-ai/topaz/upscale/image',
        images: [{ ...SOURCE, roles: [['source']] }],
        shape: { kind: 'factor', field: 'upscale_factor', max: 4 },
        fields: {
          ...same('crop_to_fill', 'subject_detection', 'face_enhancement', 'face_enhancement_creativity'),
          ...same('face_enhancement_strength', 'sharpen', 'denoise', ...names),
          model: { to: 'model', values: models },
        },
        formats: TWO_FORMATS,
        // Krea leaves faces alone unless asked; this endpoint would restore them.
        fixed: { face_enhancement: false, ...(models.includes('Redefine') ? { model: 'Redefine' } : {}) },
        ...strength,
      },
    ],
    imageFields: ['image_url'],
    operations: ['enhance'],
  }
}

/** Sources and styles in one list, and a mask for the first of them. */
const GPT_IMAGE_2_REST = {
  shape: pixels({
    step: 16,
    minSide: 16,
    maxSide: 3840,
    minPixels: 655_360,
    maxPixels: 8_294_400,
    maxRatio: 3,
  }),
  fields: { quality: { to: 'quality', values: ['low', 'medium', 'high', 'auto'] } },
  count: COUNT,
  formats: THREE_FORMATS,
  // What Krea documents, and also this endpoint's default today.
  fixed: { quality: 'high' },
} as const
const GPT_IMAGE_2: EndpointModel = {
  endpoints: [
    {
      ...GPT_IMAGE_2_REST,
      path: 'openai/gpt-image-2/edit',
      images: [
        {
          field: 'image_urls',
          isList: true,
          max: 16,
          roles: [['source', 'reference', 'style', 'style_reference']],
        },
        { field: 'mask_url', isList: false, max: 1, roles: [['mask']], isOptional: true },
      ],
    },
    { ...GPT_IMAGE_2_REST, path: 'openai/gpt-image-2', images: [] },
  ],
  imageFields: ['image_urls', 'style_images', 'mask_url'],
  operations: ['edit', 'generate'],
}

const FLUX_2_PRO = withEdit('fal-ai/flux-2-pro', 8, {
  shape: pixels({ step: 16, minSide: 512, maxSide: 2048, maxPixels: 4_194_304 }),
  fields: {},
  seed: SEED,
  formats: TWO_FORMATS,
})

const CLASSES = { field: 'resolution', values: ['1K', '2K', '4K'] }

/** By the name in the caller's URL. */
export const FAL_MODELS: Readonly<Record<string, EndpointModel>> = {
  'bfl/flux-1-dev': FLUX_DEV,
  'bfl/flux-1-kontext-dev': KONTEXT,
  'bfl/flux-2-pro': FLUX_2_PRO,
  'openai/gpt-image-2': GPT_IMAGE_2,
  'google/nano-banana-pro': nanoBanana('fal-ai/nano-banana-pro', 14, {
    kind: 'ratio',
    field: 'aspect_ratio',
    values: RATIOS,
    classes: CLASSES,
  }),
  'google/nano-banana-2': nanoBanana('fal-ai/nano-banana-2', 14, {
    kind: 'ratio',
    field: 'aspect_ratio',
    values: WIDE_RATIOS,
    classes: { field: 'resolution', values: ['0.5K', ...CLASSES.values] },
  }),
  'google/nano-banana': nanoBanana('fal-ai/nano-banana', 3, {
    kind: 'ratio',
    field: 'aspect_ratio',
    values: RATIOS,
  }),
  'bytedance/seedream-4': seedream(
    'fal-ai/bytedance/seedream/v4',
    { step: 1, minSide: 1, maxSide: 16_384, minPixels: 921_600, maxPixels: 16_777_216, maxRatio: 16 },
    { seed: SEED },
  ),
  'bytedance/seedream-4.5': {
    ...seedream(
      'fal-ai/bytedance/seedream/v4.5',
      { step: 1, minSide: 1, maxSide: 16_384, minPixels: 3_686_400, maxPixels: 16_777_216, maxRatio: 16 },
      { seed: SEED },
    ),
    imageFields: ['image_urls'],
  },
  'bytedance/seedream-5-lite': seedream(
    'fal-ai/bytedance/seedream/v5/lite',
    { step: 1, minSide: 1, maxSide: 12_288, minPixels: 3_686_400, maxPixels: 9_437_184, maxRatio: 16 },
    {},
  ),
  'ideogram/ideogram-3': IDEOGRAM,
  'qwen/2512': QWEN,
  'z-image/z-image': Z_IMAGE,
  'topaz/standard-enhance': topaz(
    ['Standard V2', 'Low Resolution V2', 'CGI', 'High Fidelity V2', 'Text Refine'],
    ['fix_compression'],
    { strength: { to: 'strength', min: 0.01, max: 1 } },
  ),
  'topaz/generative-enhance': topaz(
    ['Redefine', 'Recovery', 'Recovery V2'],
    ['creativity', 'texture', 'detail'],
    {},
  ),
}

const REASONS: Readonly<Record<string, string>> = {
  seed: 'this endpoint takes no seed',
  strength: 'this endpoint has no strength; say in the prompt how much shall change',
  styles: 'trained styles exist only on Krea',
  style_images: 'this endpoint takes one picture only',
  image_style_references: 'this endpoint takes one picture only',
  mask_url: 'this endpoint takes no mask; say in the prompt which part shall change',
  quality: 'fal chooses the compression',
  precise_edit: 'the image of the upstream is passed on as it is',
  count: 'this endpoint makes one image for each call',
  output_format: 'this endpoint chooses the format',
  resolution: 'this model makes one size only',
}

export function falCapabilities(model: EndpointModel): Capabilities {
  return capabilitiesOf(model, REASONS)
}
