/** xAI. */
import { defineModel } from './define.ts'
import { aspectRatio, choice, imageUrls, prompt, resolution, styleImages } from './fields.ts'
import type { Model } from './model.ts'

const RATIOS = [
  '2:1',
  '20:9',
  '19.5:9',
  '16:9',
  '3:2',
  '4:3',
  '1:1',
  '3:4',
  '2:3',
  '9:16',
  '9:19.5',
  '9:20',
  '1:2',
] as const
const RESOLUTIONS = ['1K', '2K'] as const
const QUALITY = choice('quality', ['low', 'medium'], { description: 'How much work goes into the picture.' })
/** By resolution, quality and number of pictures; which step costs what is not published. */
const PRICE_RANGE = [0.042, 0.1155] as const

export const XAI: readonly Model[] = [
  defineModel({
    id: 'xai/grok-imagine-2',
    title: 'Grok Imagine 2',
    summary: 'Generates pictures in many formats, guided by up to three others.',
    fields: [
      prompt(),
      aspectRatio(RATIOS, true),
      resolution(RESOLUTIONS, { required: true }),
      QUALITY,
      styleImages('source', 3),
    ],
    priceRange: PRICE_RANGE,
    engines: ['krea'],
  }),
  defineModel({
    id: 'xai/grok-imagine-2-edit',
    title: 'Grok Imagine 2 Edit',
    summary: 'Edits up to three pictures by instruction.',
    fields: [prompt(), imageUrls({ max: 3, required: true }), resolution(RESOLUTIONS), QUALITY],
    priceRange: PRICE_RANGE,
    engines: ['krea'],
  }),
]
