/** Krea's own models: Krea 2 and the enhancers. */
import { defineModel } from './define.ts'
import type { Field } from './field.ts'
import {
  aspectRatio,
  choice,
  decimal,
  field,
  guidingPrompt,
  image,
  imageUrl,
  integer,
  MAX_TEXT,
  prompt,
  resolution,
  seed,
  share,
  styleReferences,
  styles,
  toggle,
} from './fields.ts'
import type { Model } from './model.ts'

const RATIOS = ['1:1', '4:3', '3:2', '16:9', '2.35:1', '4:5', '3:4', '2:3', '9:16'] as const

const KREA_2: readonly Field[] = [
  prompt(),
  aspectRatio(RATIOS, true),
  resolution(['1K'], { required: true }),
  seed(),
  choice('creativity', ['raw', 'low', 'medium', 'high'], {
    description: 'How freely the prompt is read; raw takes it word by word.',
  }),
  ...(['intensity', 'complexity', 'movement'] as const).map((name) =>
    integer(name, { min: -100, max: 100, description: `More or less ${name} than usual.` }),
  ),
  styles(),
  styleReferences(10),
  field('moodboards', {
    kind: 'moodboards',
    maxItems: 1,
    // The two published ranges differ; each may be in use.
    strength: [-0.5, 1.5],
    description: 'A mood board by id, with a weight.',
  }),
  imageUrl({ isNullable: true }),
  share('strength', 'How far the result may leave the source.', 0.99),
]

function krea2(size: string, title: string, prices: readonly [plain: number, dearest: number]): Model {
  const [plain, dearest] = prices
  return defineModel({
    id: `krea/krea-2/${size}`,
    title,
    summary: 'Photographic and artistic pictures, steered by styles, references and mood boards.',
    fields: KREA_2,
    // What the dearer step is for is not published in detail; without references it is the plain price.
    prices: [{ usd: plain, computeUnits: null, when: { references: 0 } }],
    priceRange: [plain, dearest],
    engines: ['krea'],
  })
}

/** Only the names of these fields are published; an upper limit is left to the vendor. */
const ENHANCE: readonly Field[] = [
  imageUrl({ required: true }),
  guidingPrompt(),
  decimal('image_scaling_factor', { min: 1, max: 32, description: 'How many times larger the result is.' }),
  decimal('ai_strength', { min: 0, description: 'How much detail is invented.' }),
  decimal('resemblance_strength', { min: 0, description: 'How close the result stays to the source.' }),
  decimal('clarity_strength', { min: 0, description: 'How crisp the result is.' }),
  toggle('rescale_color', 'Bring the colours back to those of the source.'),
]

export const KREA: readonly Model[] = [
  krea2('large', 'Krea 2 Large', [0.06, 0.07]),
  krea2('medium', 'Krea 2 Medium', [0.03, 0.04]),
  krea2('medium-turbo', 'Krea 2 Medium Turbo', [0.015, 0.02]),
  defineModel({
    id: 'krea/enhance',
    category: 'enhance',
    title: 'Krea Enhance',
    summary: 'Enlarges a picture and adds detail.',
    fields: [...ENHANCE, seed(), decimal('sharpness', { min: 0, description: 'Sharpening of the result.' })],
    engines: ['krea'],
  }),
  defineModel({
    id: 'krea/legacy-enhance',
    category: 'enhance',
    title: 'Krea Legacy Enhance',
    summary: 'The former enhancer, which can also move a subject into another scene.',
    fields: [
      ...ENHANCE,
      toggle('upscaling_activated', 'Whether image_scaling_factor is applied.'),
      toggle('scene_transfer', 'Take over the scene of another picture.'),
      toggle('switch_background', 'Replace the background.'),
      image('scene_image_url', { role: 'scene', isNullable: true, description: 'A picture of the scene.' }),
      field('scene_prompt', {
        kind: 'text',
        minLength: 0,
        maxLength: MAX_TEXT,
        description: 'The scene in words.',
      }),
      decimal('scene_strength', { min: 0, description: 'How much of the scene is taken over.' }),
    ],
    engines: ['krea'],
  }),
]
