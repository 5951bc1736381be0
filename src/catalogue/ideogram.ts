/** Ideogram. */
import { defineModel, flat } from './define.ts'
import { field, MAX_IMAGES, prompt, seed, size, styleImages } from './fields.ts'
import type { Model } from './model.ts'

export const IDEOGRAM: readonly Model[] = [
  defineModel({
    id: 'ideogram/ideogram-3',
    title: 'Ideogram 3.0',
    summary: 'Design, lettering and consistent characters, guided by style and character pictures.',
    fields: [
      prompt({ min: 1 }),
      ...size({ min: 512, max: 8192, default: 1024 }),
      seed(1337),
      styleImages('style'),
      field('character_reference_images', {
        kind: 'images',
        role: 'character',
        minItems: 0,
        maxItems: MAX_IMAGES,
        description: 'Pictures of the person or figure that shall appear.',
      }),
    ],
    aliases: { characterReferenceImages: 'character_reference_images', styleImages: 'style_images' },
    prices: [
      { usd: 0.1575, computeUnits: 85.9, when: { character: true } },
      { usd: 0.063, computeUnits: 34.4, when: {} },
    ],
    engines: ['ideogram', 'fal', 'krea'],
  }),
  defineModel({
    id: 'ideogram/ideogram-2-turbo',
    title: 'Ideogram 2.0A Turbo',
    summary: 'Text to image with lettering.',
    fields: [prompt({ min: 1 }), ...size({ min: 512, max: 8192, default: 1024 }), seed(1337)],
    prices: flat(null, 14.3),
    engines: ['ideogram', 'krea'],
  }),
]
