/** Black Forest Labs. */
import type { EngineId } from './define.ts'
import { defineModel, flat } from './define.ts'
import type { Field } from './field.ts'
import {
  aspectRatio,
  choice,
  decimal,
  imageUrl,
  imageUrls,
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

const RATIOS = ['21:9', '16:9', '3:2', '4:3', '5:4', '1:1', '4:5', '3:4', '2:3', '9:16', '9:21'] as const

/** What the vendor's own models take that Krea has no path for. */
function ownFields(images: number): Field[] {
  return [
    prompt({ min: 1 }),
    imageUrls({ max: images }),
    seed(),
    choice('output_format', ['png', 'jpeg', 'webp'], { description: 'Format of the file.' }),
  ]
}

function kontext(
  id: string,
  { title, summary, usd }: { title: string; summary: string; usd: number },
): Model {
  return defineModel({
    id: `bfl/${id}`,
    title,
    summary,
    fields: [...ownFields(4), aspectRatio(RATIOS)],
    prices: flat(usd, null),
    engines: ['bfl'],
  })
}

type Flux2 = {
  title: string
  summary: string
  images?: number
  more?: readonly Field[]
  engines?: readonly EngineId[]
}

/** Billed by megapixels in and out, so the engine prices each request. */
function flux2(id: string, { title, summary, images = 8, more = [], engines = ['bfl'] }: Flux2): Model {
  return defineModel({
    id: `bfl/flux-2-${id}`,
    title,
    summary,
    fields: [...ownFields(images), ...size({ min: 64, max: 4096 }), ...more],
    engines,
  })
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
  kontext('flux-kontext-pro', {
    title: 'FLUX.1 Kontext [pro]',
    summary: 'Edits a picture by instruction and keeps what the instruction does not name.',
    usd: 0.04,
  }),
  kontext('flux-kontext-max', {
    title: 'FLUX.1 Kontext [max]',
    summary: 'The dearer Kontext: closer to the instruction, better lettering.',
    usd: 0.08,
  }),
  flux2('pro', {
    title: 'FLUX.2 [pro]',
    summary: 'Edits and combines up to eight pictures by instruction, at exact sizes up to four megapixels.',
    engines: ['bfl', 'fal', 'replicate'],
  }),
  flux2('max', {
    title: 'FLUX.2 [max]',
    summary: 'The most faithful model of its generation, for up to eight pictures.',
  }),
  flux2('flex', {
    title: 'FLUX.2 [flex]',
    summary: 'The same generation with its dials: steps and guidance.',
    engines: ['bfl', 'replicate'],
    more: [
      integer('steps', { min: 1, max: 50, description: 'Denoising steps.' }),
      decimal('guidance_scale', { min: 1.5, max: 10, description: GUIDANCE }),
    ],
  }),
  flux2('klein-9b', {
    title: 'FLUX.2 [klein] 9B',
    summary: 'Small and quick edits of up to four pictures.',
    images: 4,
  }),
  flux2('klein-4b', {
    title: 'FLUX.2 [klein] 4B',
    summary: 'The smallest and cheapest of the family, for up to four pictures.',
    images: 4,
  }),
]
