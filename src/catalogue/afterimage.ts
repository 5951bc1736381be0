/** The models of the built-in engine. They run on the machine of the server and cost nothing. */
import { OUTPUT_FORMATS } from '../core/job.ts'
import { defineModel } from './define.ts'
import type { Field } from './field.ts'
import {
  aspectRatio,
  choice,
  decimal,
  guidingPrompt,
  imageUrl,
  integer,
  prompt,
  seed,
  share,
  size,
  styleImages,
} from './fields.ts'
import type { Model } from './model.ts'

/** The longest side of a WebP, for every format alike, so that changing the format never fails. */
const MAX_EDGE = 16_383
const RATIOS = [
  '1:1',
  '5:4',
  '4:5',
  '4:3',
  '3:4',
  '3:2',
  '2:3',
  '16:9',
  '9:16',
  '2:1',
  '1:2',
  '21:9',
  '9:21',
] as const

function output(): Field[] {
  return [
    choice('output_format', OUTPUT_FORMATS, { description: 'Format of the file.' }),
    integer('quality', { min: 1, max: 100, description: 'Quality of jpeg, webp and avif.' }),
    seed(),
  ]
}

export const AFTERIMAGE: readonly Model[] = [
  defineModel({
    id: 'afterimage/edit',
    title: 'Afterimage Edit',
    summary:
      'Does what the instruction says with real image operations, on this machine, and tells what it could not do.',
    fields: [
      imageUrl({ required: true }),
      prompt({ min: 1 }),
      ...size({ max: MAX_EDGE }),
      aspectRatio(RATIOS),
      share('strength', 'How much of the effect is blended over the source.'),
      integer('count', { min: 1, max: 4, default: 1, description: 'Number of results.' }),
      ...output(),
      styleImages('style', 4),
    ],
    engines: ['afterimage/local'],
    isOwn: true,
  }),
  defineModel({
    id: 'afterimage/upscale',
    category: 'enhance',
    title: 'Afterimage Upscale',
    summary: 'Enlarges a picture with a small neural network, on this machine.',
    fields: [
      imageUrl({ required: true }),
      guidingPrompt(),
      decimal('scale', { min: 1, max: 8, description: 'How many times larger; width and height win.' }),
      ...size({ max: MAX_EDGE }),
      choice('fit', ['letterbox', 'crop'], {
        description: 'What happens when width and height have other proportions than the picture.',
      }),
      share('creativity', 'From faithful (0) to detailed (1).'),
      share('denoise', 'How much noise is removed.'),
      share('deblock', 'How many compression artefacts are removed.'),
      share('sharpen', 'How much the result is sharpened.'),
      ...output(),
    ],
    engines: ['afterimage/local'],
    operations: { withImage: 'upscale', withoutImage: null },
    isOwn: true,
  }),
]
