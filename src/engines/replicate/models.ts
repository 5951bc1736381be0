/**
 * The models that Replicate serves, as data. Sources: the input schemas that its model pages show, as quoted in
 * public clients in 2025 and 2026; GPT Image 2 as its elder siblings there. Every model names its image differently, and ignores a wrong name without a word.
 */
import type { Capabilities } from '../../core/engine.ts'
import type { Endpoint, EndpointModel, FieldRule } from '../endpoint.ts'
import { capabilitiesOf } from '../endpoint.ts'

const SEED: FieldRule = { to: 'seed', max: 2 ** 32 - 1 }
const TWO_FORMATS = { to: 'output_format', names: { png: 'png', jpeg: 'jpg' } } as const
const RATIOS = ['21:9', '16:9', '3:2', '4:3', '5:4', '1:1', '4:5', '3:4', '2:3', '9:16']
const FLUX_RATIOS = [...RATIOS, '9:21']
const CLASSES = { field: 'resolution', values: ['1K', '2K', '4K'] }

const FLUX_DEV_REST = {
  path: 'black-forest-labs/flux-dev',
  fields: {
    steps: { to: 'num_inference_steps', min: 1, max: 50 },
    guidance_scale_flux: { to: 'guidance', min: 0, max: 10 },
    guidance_scale: { to: 'guidance', min: 0, max: 10 },
  },
  seed: SEED,
  count: { to: 'num_outputs', max: 4 },
  quality: { to: 'output_quality' },
  formats: { to: 'output_format', names: { png: 'png', jpeg: 'jpg', webp: 'webp' } },
} as const

type Flux2 = { max: number; fields?: Endpoint['fields']; fixed?: Endpoint['fixed'] }

/** Exact pixels need `custom`; without a size an edit follows its first picture. */
function flux2(path: string, { max, fields = {}, fixed = {} }: Flux2): EndpointModel {
  const rest: Omit<Endpoint, 'images'> = {
    path,
    shape: {
      kind: 'pixels',
      limits: { step: 32, minSide: 256, maxSide: 2048, maxPixels: 4_194_304 },
      write: ({ width, height }) => ({ aspect_ratio: 'custom', width, height }),
    },
    fields,
    seed: SEED,
    quality: { to: 'output_quality' },
    formats: { to: 'output_format', names: { png: 'png', jpeg: 'jpg', webp: 'webp' } },
    // PNG unless asked for another: this model would make WebP.
    fixed: { ...fixed, output_format: 'png' },
  }
  const followed = { aspect_ratio: 'match_input_image', resolution: 'match_input_image' }
  const images: Endpoint['images'] = [
    { field: 'input_images', isList: true, max, roles: [['source', 'reference'], ['style']] },
  ]
  return {
    endpoints: [
      { ...rest, images, fixed: { ...rest.fixed, ...followed } },
      { ...rest, images: [] },
    ],
    imageFields: ['image_urls'],
    operations: ['edit', 'generate'],
  }
}

/** By the name in the caller's URL. */
export const REPLICATE_MODELS: Readonly<Record<string, EndpointModel>> = {
  'bfl/flux-1-dev': {
    endpoints: [
      {
        ...FLUX_DEV_REST,
        images: [{ field: 'image', isList: false, max: 1, roles: [['source']] }],
        shape: { kind: 'source' },
        strength: { to: 'prompt_strength', min: 0, max: 1 },
      },
      {
        ...FLUX_DEV_REST,
        images: [],
        shape: { kind: 'ratio', field: 'aspect_ratio', values: FLUX_RATIOS },
      },
    ],
    imageFields: ['image_url'],
    operations: ['edit', 'generate'],
  },
  'bfl/flux-1-kontext-dev': {
    endpoints: [
      {
        path: 'black-forest-labs/flux-kontext-pro',
        images: [{ field: 'input_image', isList: false, max: 1, roles: [['source'], ['style']] }],
        shape: { kind: 'ratio', field: 'aspect_ratio', values: [...FLUX_RATIOS, '2:1', '1:2'] },
        fields: {},
        seed: SEED,
        formats: TWO_FORMATS,
      },
    ],
    imageFields: ['image_url', 'style_images'],
    operations: ['edit'],
  },
  'google/nano-banana-pro': {
    endpoints: [
      {
        path: 'google/nano-banana-pro',
        images: [
          {
            field: 'image_input',
            isList: true,
            max: 14,
            roles: [['source', 'reference'], ['style']],
            isOptional: true,
          },
        ],
        shape: { kind: 'ratio', field: 'aspect_ratio', values: RATIOS, classes: CLASSES },
        fields: {},
        formats: TWO_FORMATS,
        // Krea's default; this endpoint would take 2K.
        fixed: { resolution: '1K' },
      },
    ],
    imageFields: ['image_urls', 'style_images'],
    operations: ['edit', 'generate'],
  },
  'bytedance/seedream-4': {
    endpoints: [
      {
        path: 'bytedance/seedream-4',
        images: [
          {
            field: 'image_input',
            isList: true,
            max: 10,
            roles: [['source', 'reference'], ['style']],
            isOptional: true,
          },
        ],
        shape: {
          kind: 'pixels',
          limits: { step: 1, minSide: 1024, maxSide: 4096 },
          write: ({ width, height }) => ({ size: 'custom', width, height }),
        },
        fields: {},
      },
    ],
    imageFields: ['style_images'],
    operations: ['edit', 'generate'],
  },
  'openai/gpt-image-2': {
    endpoints: [
      {
        path: 'openai/gpt-image-2',
        images: [
          {
            field: 'input_images',
            isList: true,
            max: 10,
            roles: [['source', 'reference', 'style', 'style_reference']],
            isOptional: true,
          },
        ],
        shape: { kind: 'ratio', field: 'aspect_ratio', values: ['1:1', '3:2', '2:3'] },
        fields: { quality: { to: 'quality', values: ['low', 'medium', 'high', 'auto'] } },
        count: { to: 'number_of_images', max: 10 },
        quality: { to: 'output_compression' },
        formats: { to: 'output_format', names: { png: 'png', jpeg: 'jpeg', webp: 'webp' } },
        // What Krea documents, and PNG unless asked for another: this model would make WebP.
        fixed: { quality: 'high', output_format: 'png' },
      },
    ],
    imageFields: ['image_urls', 'style_images'],
    operations: ['edit', 'generate'],
  },
  'bfl/flux-2-pro': flux2('black-forest-labs/flux-2-pro', { max: 8 }),
  'bfl/flux-2-flex': flux2('black-forest-labs/flux-2-flex', {
    max: 10,
    fields: {
      steps: { to: 'steps', min: 1, max: 50 },
      guidance_scale: { to: 'guidance', min: 1.5, max: 10 },
    },
    // The prompt as it is, as Black Forest Labs' own API takes it.
    fixed: { prompt_upsampling: false },
  }),
  'runway/gen-4-image': {
    endpoints: [
      {
        path: 'runwayml/gen4-image',
        images: [
          {
            field: 'reference_images',
            isList: true,
            max: 3,
            roles: [['source', 'reference']],
            tags: 'reference_tags',
          },
        ],
        shape: {
          kind: 'ratio',
          field: 'aspect_ratio',
          values: ['16:9', '9:16', '4:3', '3:4', '1:1', '21:9'],
          classes: { field: 'resolution', values: ['720p', '1080p'] },
        },
        fields: {},
        seed: SEED,
        // Krea's default is a square; this endpoint's is wide.
        fixed: { aspect_ratio: '1:1' },
      },
    ],
    imageFields: ['reference_images'],
    operations: ['edit'],
  },
}

const REASONS: Readonly<Record<string, string>> = {
  seed: 'this model takes no seed here',
  strength: 'this model has no strength; say in the prompt how much shall change',
  steps: 'the hosted model chooses the number of steps',
  guidance_scale_flux: 'the hosted model chooses its guidance',
  guidance_scale: 'the hosted model chooses its guidance',
  styles: 'trained styles exist only on Krea',
  style_images: 'this model takes one picture only',
  image_style_references: 'this model takes one picture only',
  mask_url: 'this model takes no mask; say in the prompt which part shall change',
  quality: 'this model chooses the compression',
  precise_edit: 'the image of the upstream is passed on as it is',
  count: 'this model makes one image for each call',
  output_format: 'this model chooses the format',
}

export function replicateCapabilities(model: EndpointModel): Capabilities {
  return capabilitiesOf(model, REASONS)
}
