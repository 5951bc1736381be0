/** Runway. */
import { defineModel, flat } from './define.ts'
import type { Field } from './field.ts'
import { field, prompt, seed, size } from './fields.ts'
import type { Model } from './model.ts'

function fields(fallbackSeed?: number): Field[] {
  return [
    prompt({ min: 1, max: 1000 }),
    ...size({ min: 512, max: 8192, default: 1024 }),
    seed(fallbackSeed),
    field('reference_images', {
      kind: 'tagged_images',
      role: 'reference',
      minItems: 1,
      maxItems: 3,
      required: true,
      description: 'Pictures with a tag each; write @tag in the prompt to speak of one.',
    }),
  ]
}

export const RUNWAY: readonly Model[] = [
  defineModel({
    id: 'runway/gen-4-image',
    title: 'Runway Gen-4',
    summary: 'Composes a picture from up to three references, which the prompt calls by their tags.',
    fields: fields(1337),
    aliases: { referenceImages: 'reference_images' },
    prices: flat(null, 44),
    latencySeconds: 38,
    engines: ['runway', 'replicate', 'krea'],
  }),
  defineModel({
    id: 'runway/gen-4-image-turbo',
    title: 'Runway Gen-4 Turbo',
    summary: 'The quick one: composes a picture from up to three references with tags.',
    fields: fields(),
    prices: flat(0.02, null),
    engines: ['runway'],
  }),
]
