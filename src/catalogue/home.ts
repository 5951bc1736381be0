/** Models that exist because the operator runs an engine at home: of workflows, and of whatever a server has loaded. */
import { defineModel, withEngines } from './define.ts'
import type { Field } from './field.ts'
import {
  aspectRatio,
  choice,
  decimal,
  field,
  imageUrl,
  imageUrls,
  integer,
  MAX_TEXT,
  prompt,
  seed,
  share,
  size,
} from './fields.ts'
import type { Model } from './model.ts'

/** The first that the three forms of home engines take alike. */
const RATIOS = ['1:1', '4:3', '3:4', '3:2', '2:3', '16:9', '9:16'] as const
/** Latents have a grid; smaller or larger pictures are beyond every card. */
const SIZE = { min: 64, max: 8192 } as const

/** What an engine at home can be asked for, beside pictures. */
const FIELDS = {
  prompt: () => [prompt()],
  negative_prompt: () => [
    field('negative_prompt', {
      kind: 'text',
      minLength: 0,
      maxLength: MAX_TEXT,
      description: 'What shall not appear.',
    }),
  ],
  strength: () => [
    share('strength', 'How far the result may leave the source: 0 keeps it, 1 starts afresh.'),
  ],
  size: () => [...size(SIZE), aspectRatio(RATIOS)],
  seed: () => [seed()],
  steps: () => [integer('steps', { min: 1, max: 150, description: 'Denoising steps.' })],
  guidance_scale: () => [
    decimal('guidance_scale', { min: 0, max: 30, description: 'How closely the prompt is followed.' }),
  ],
  count: () => [integer('count', { min: 1, max: 4, default: 1, description: 'Number of results.' })],
  output_format: () => [
    choice('output_format', ['png', 'jpeg', 'webp'], { description: 'Format of the file.' }),
  ],
} as const satisfies Record<string, () => Field[]>

export type HomeField = keyof typeof FIELDS

export type HomeModelDefinition = {
  id: string
  title: string
  summary: string
  engines: readonly string[]
  takes: readonly HomeField[]
  /** How many pictures it takes, and whether it can do without. */
  images: { max: number; required: boolean }
  /** False: what a result costs is unknown. */
  isFree: boolean
}

export function defineHomeModel({ takes, images, isFree, engines, ...rest }: HomeModelDefinition): Model {
  const { max, required } = images
  const pictures = max > 1 ? [imageUrls({ max, required })] : [imageUrl({ required })]
  const chosen = (Object.keys(FIELDS) as HomeField[]).filter((name) => takes.includes(name))
  const model = defineModel({
    ...rest,
    engines: [],
    fields: [...(max === 0 ? [] : pictures), ...chosen.flatMap((name) => FIELDS[name]())],
    isHome: true,
    isOwn: isFree,
  })
  return withEngines(model, engines)
}
