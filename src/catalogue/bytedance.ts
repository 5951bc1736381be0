/** ByteDance. Seedream takes its pictures only as weighted images. */
import { defineModel, flat } from './define.ts'
import type { Field } from './field.ts'
import { aspectRatio, imageUrl, imageUrls, prompt, resolution, seed, size, styleImages } from './fields.ts'
import type { Model } from './model.ts'

const ALIASES = { styleImages: 'style_images' }

function seedreamFields(maxImages?: number): Field[] {
  return [
    prompt({ min: 1 }),
    ...size({ max: 4096, required: true }),
    seed(1337),
    styleImages('source', maxImages),
  ]
}

export const BYTEDANCE: readonly Model[] = [
  defineModel({
    id: 'bytedance/seedream-4',
    title: 'Seedream 4',
    summary: 'Edits and combines pictures by instruction, up to 4K.',
    fields: seedreamFields(),
    aliases: ALIASES,
    prices: flat(0.0315, 17.2),
    engines: ['byteplus', 'fal', 'replicate', 'krea'],
  }),
  defineModel({
    id: 'bytedance/seedream-4.5',
    title: 'Seedream 4.5',
    summary: 'Edits and combines pictures by instruction, from about four megapixels up to 4K.',
    fields: [
      prompt({ min: 1 }),
      imageUrls({ max: 14 }),
      ...size({ min: 480, max: 8192 }),
      aspectRatio(['21:9', '16:9', '3:2', '4:3', '1:1', '3:4', '2:3', '9:16']),
      resolution(['2K', '4K']),
    ],
    prices: flat(0.04, null),
    engines: ['byteplus', 'fal'],
  }),
  defineModel({
    id: 'bytedance/seedream-5-lite',
    title: 'Seedream 5 Lite',
    summary: 'The light model of the fifth generation; edits and combines up to fourteen pictures.',
    fields: seedreamFields(14),
    aliases: ALIASES,
    prices: flat(0.0368, 20),
    engines: ['byteplus', 'fal', 'krea'],
  }),
  defineModel({
    id: 'bytedance/seedream-5-pro',
    title: 'Seedream 5 Pro',
    summary: 'The full model of the fifth generation.',
    fields: seedreamFields(10),
    // By size and number of pictures; which step costs what is not published.
    priceRange: [0.0473, 0.1229],
    engines: ['byteplus', 'krea'],
  }),
  defineModel({
    id: 'bytedance/seededit',
    title: 'SeedEdit',
    summary: 'Edits one picture by instruction and keeps its size.',
    fields: [prompt({ min: 1 }), imageUrl({ required: true }), seed(1337)],
    aliases: { imageUrl: 'image_url' },
    engines: ['byteplus', 'krea'],
  }),
  defineModel({
    id: 'bytedance/seedream-3',
    title: 'Seedream 3',
    summary: 'Text to image; withdrawn.',
    fields: [prompt({ min: 1 })],
    engines: [],
    retirement: { sunsetDate: '2026-05-13', replacement: 'bytedance/seedream-5-lite', migrationUrl: null },
  }),
]
