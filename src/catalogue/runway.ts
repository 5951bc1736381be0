/** Runway. */
import { defineModel, flat } from './define.ts'
import { field, prompt, seed, size } from './fields.ts'
import type { Model } from './model.ts'

export const RUNWAY: readonly Model[] = [
  defineModel({
    id: 'runway/gen-4-image',
    title: 'Runway Gen-4',
    summary: 'Composes a picture from up to three references, which the prompt calls by their tags.',
    fields: [
      prompt({ min: 1, max: 1000 }),
      ...size({ min: 512, max: 8192, default: 1024 }),
      seed(1337),
      field('reference_images', {
        kind: 'tagged_images',
        role: 'reference',
        minItems: 1,
        maxItems: 3,
        required: true,
        description: 'Pictures with a tag each; write @tag in the prompt to speak of one.',
      }),
    ],
    aliases: { referenceImages: 'reference_images' },
    prices: flat(null, 44),
    latencySeconds: 38,
    engines: ['runway', 'replicate', 'krea'],
  }),
]
