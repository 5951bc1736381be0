/** Luma. */
import { defineModel } from './define.ts'
import type { Field } from './field.ts'
import { aspectRatio, choice, imageUrl, prompt, size, styleImages, toggle } from './fields.ts'
import type { Model, PricePoint } from './model.ts'

/** Compute units by number of reference images, 0 to 9; published as two tables. */
const STANDARD = [23.1, 24.9, 26.6, 28.3, 30, 31.7, 33.4, 35.2, 36.9, 38.6] as const
const MAX = [57.3, 59, 60.7, 62.4, 64.1, 65.9, 67.6, 69.3, 71, 72.7] as const

function byReferences(mode: string, units: readonly number[]): PricePoint[] {
  return units.map((computeUnits, references) => ({ usd: null, computeUnits, when: { mode, references } }))
}

/** What the model takes beside pictures, whichever way it is called. */
function settings(): Field[] {
  return [
    choice('mode', ['standard', 'max'], {
      default: 'standard',
      description: 'Max takes longer and costs more.',
    }),
    choice('style', ['auto', 'manga'], { default: 'auto', description: 'Drawing style.' }),
    choice('output_format', ['png', 'jpeg'], { isNullable: true, description: 'Format of the file.' }),
    toggle('web_search', 'Whether the model may look things up.', false),
  ]
}

export const LUMA: readonly Model[] = [
  defineModel({
    id: 'luma/uni-1',
    title: 'Luma UNI-1',
    summary: 'Reasons about the prompt before it paints; takes up to nine reference pictures.',
    fields: [
      prompt({ min: 1, max: 6000 }),
      ...size({ min: 512, max: 8192, default: 1024 }),
      ...settings(),
      styleImages('source', 9),
    ],
    aliases: { outputFormat: 'output_format', webSearch: 'web_search', styleImages: 'style_images' },
    prices: [...byReferences('standard', STANDARD), ...byReferences('max', MAX)],
    engines: ['luma', 'krea'],
  }),
  defineModel({
    id: 'luma/uni-1-edit',
    title: 'Luma UNI-1 Edit',
    summary: 'Changes a picture by instruction and keeps its shape, guided by up to eight others.',
    fields: [
      prompt({ min: 1, max: 6000 }),
      imageUrl({ required: true }),
      aspectRatio(['3:1', '2:1', '16:9', '3:2', '1:1', '2:3', '9:16', '1:2', '1:3']),
      ...settings(),
      styleImages('style', 8),
    ],
    prices: [...byReferences('standard', STANDARD), ...byReferences('max', MAX)],
    engines: ['luma'],
  }),
]
