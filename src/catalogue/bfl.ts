/** Black Forest Labs. */
import { defineModel, flat } from './define.ts'
import type { Field } from './field.ts'
import {
  decimal,
  imageUrl,
  integer,
  prompt,
  seed,
  size,
  styleImages,
  styleReferences,
  styles,
  toggle,
} from './fields.ts'
import type { Model } from './model.ts'

const STRENGTH = 'How far the result may leave the source: 0 keeps it, 1 starts afresh.'
const GUIDANCE = 'How closely the prompt is followed.'

function diffusionFields(fallbackSeed: number): Field[] {
  return [
    decimal('strength', { default: 1, description: STRENGTH }),
    seed(fallbackSeed),
    integer('steps', { min: 1, max: 100, default: 25, description: 'Denoising steps.' }),
    decimal('guidance_scale_flux', { min: 0, max: 24, default: 3, description: GUIDANCE }),
    decimal('guidance_scale', {
      min: 0,
      max: 24,
      // No default: a client that fills defaults in would contradict a guidance_scale_flux of its own.
      sameAs: 'guidance_scale_flux',
      description: `${GUIDANCE} The newer name of guidance_scale_flux.`,
    }),
    imageUrl({ isNullable: true }),
  ]
}

export const BFL: readonly Model[] = [
  defineModel({
    id: 'bfl/flux-1-dev',
    title: 'Flux',
    summary: 'Open-weight diffusion: paints from a prompt, or over a source image with a strength.',
    fields: [
      prompt({ max: 1800 }),
      ...size({ min: 512, max: 2368, default: 1024 }),
      ...diffusionFields(3_317_551_338),
      styles(),
      styleImages('style'),
      styleReferences(),
    ],
    aliases: {
      imageUrl: 'image_url',
      presetStyles: 'styles',
      styleImages: 'style_images',
      imageStyleRefs: 'image_style_references',
    },
    prices: flat(0.007, 3),
    latencySeconds: 7,
    engines: ['comfyui', 'sdcpp', 'fal', 'replicate', 'krea'],
  }),
  defineModel({
    id: 'bfl/flux-1-kontext-dev',
    title: 'Flux Kontext',
    summary: 'Edits a picture by instruction and keeps what the instruction does not name.',
    fields: [
      prompt({ max: 1800 }),
      ...size({ min: 512, max: 8192, default: 1024 }),
      ...diffusionFields(3_261_419_148),
      styleImages('style', 1),
    ],
    aliases: { imageUrl: 'image_url', styleImages: 'style_images' },
    prices: flat(0.021, 6),
    latencySeconds: 23,
    engines: ['bfl', 'fal', 'replicate', 'krea', 'sdcpp', 'comfyui'],
  }),
  defineModel({
    id: 'bfl/flux-1.1-pro',
    title: 'Flux 1.1 Pro',
    summary: 'Text to image at up to two megapixels.',
    fields: [prompt({ min: 1 }), ...size({ min: 256, max: 1440, required: true }), seed(1337)],
    prices: flat(null, 22.9),
    engines: ['bfl', 'krea'],
  }),
  defineModel({
    id: 'bfl/flux-1.1-pro-ultra',
    title: 'Flux 1.1 Pro Ultra',
    summary: 'Text to image at high resolution.',
    fields: [
      prompt({ min: 1 }),
      ...size({ min: 512, max: 8192, default: 1024 }),
      seed(1337),
      toggle('raw', 'Less processed, more natural pictures.', true),
    ],
    prices: flat(null, 34.4),
    engines: ['bfl', 'krea'],
  }),
]
