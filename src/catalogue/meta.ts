/** Meta. */
import { defineModel, flat } from './define.ts'
import { aspectRatio, prompt, styleImages } from './fields.ts'
import type { Model } from './model.ts'

export const META: readonly Model[] = [
  defineModel({
    id: 'meta/muse-image',
    title: 'Muse Image',
    summary: 'Edits and generates pictures at a low price.',
    fields: [
      prompt(),
      aspectRatio(['21:9', '16:9', '4:3', '3:2', '1:1', '2:3', '3:4', '9:16', '9:21']),
      styleImages('source', 10),
    ],
    prices: flat(0.01, null),
    engines: ['krea'],
  }),
]
