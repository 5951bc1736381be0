/** Ideogram. */
import { defineModel, flat } from './define.ts'
import type { Field } from './field.ts'
import {
  aspectRatio,
  choice,
  field,
  imageUrl,
  integer,
  MAX_IMAGES,
  prompt,
  seed,
  share,
  size,
  styleImages,
} from './fields.ts'
import type { Model, PricePoint } from './model.ts'

const RATIOS = ['1:1', '5:4', '4:5', '4:3', '3:4', '3:2', '2:3', '16:10', '10:16', '16:9', '9:16'] as const
const EXTREME_RATIOS = ['2:1', '1:2', '3:1', '1:3'] as const
const SPEEDS = ['turbo', 'default', 'quality'] as const

/** The vendor's own list prices; with a character it charges more. */
function bySpeed(
  usd: readonly [turbo: number, usual: number, quality: number],
  more: PricePoint['when'],
): PricePoint[] {
  return SPEEDS.map((speed, index) => ({
    usd: usd[index] ?? null,
    computeUnits: null,
    when: { ...more, rendering_speed: speed },
  }))
}

/** What all tasks take that Krea has no path for. */
function editFields(): Field[] {
  return [
    imageUrl({ required: true }),
    seed(),
    styleImages('style'),
    choice('rendering_speed', SPEEDS, {
      default: 'default',
      description: 'How much work goes into the picture; it decides the price.',
    }),
  ]
}

function characters(max: number): Field {
  return field('character_reference_images', {
    kind: 'images',
    role: 'character',
    minItems: 0,
    maxItems: max,
    description: 'Pictures of the person or figure that shall appear.',
  })
}

/** What both tasks of 4.5 take. */
function jobFields(qualities: readonly string[]): Field[] {
  return [
    prompt({ min: 1, max: 10_000 }),
    imageUrl({ required: true }),
    field('reference_images', {
      kind: 'images',
      role: 'reference',
      minItems: 0,
      maxItems: 4,
      description: 'Pictures to take something from, as a product or a logo; three beside a mask.',
    }),
    choice('quality', qualities, {
      default: 'medium',
      description: 'How much work goes into the picture; it decides the price.',
    }),
    seed(),
    integer('count', { min: 1, max: 8, default: 1, description: 'Number of results.' }),
  ]
}

function byQuality(points: Readonly<Record<string, number>>): PricePoint[] {
  return Object.entries(points).map(([quality, usd]) => ({ usd, computeUnits: null, when: { quality } }))
}

const PRICES = bySpeed([0.03, 0.06, 0.09], {})
const CHARACTER_PRICES = bySpeed([0.1, 0.15, 0.2], { character: true })

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
      characters(MAX_IMAGES),
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
    engines: ['krea'],
  }),
  defineModel({
    id: 'ideogram/ideogram-3-edit',
    title: 'Ideogram 3.0 Edit',
    summary: 'Remixes a picture after a prompt, or repaints what a mask marks.',
    fields: [
      prompt({ min: 1 }),
      ...editFields(),
      share('strength', 'How far a remix may leave the picture; without effect under a mask.'),
      aspectRatio([...RATIOS, ...EXTREME_RATIOS]),
      ...size({ min: 512, max: 1536 }),
      characters(1),
    ],
    prices: [...CHARACTER_PRICES, ...PRICES],
    engines: ['ideogram'],
  }),
  defineModel({
    id: 'ideogram/ideogram-3-reframe',
    title: 'Ideogram 3.0 Reframe',
    summary: 'Paints on beyond the edges of a picture, to a new shape.',
    fields: [...editFields(), ...size({ min: 512, max: 1536, required: true })],
    prices: PRICES,
    engines: ['ideogram'],
  }),
  defineModel({
    id: 'ideogram/ideogram-3-replace-background',
    title: 'Ideogram 3.0 Replace Background',
    summary: 'Keeps the subject of a picture and paints another background.',
    fields: [prompt({ min: 1 }), ...editFields()],
    prices: PRICES,
    engines: ['ideogram'],
  }),
  defineModel({
    id: 'ideogram/ideogram-4.5-edit',
    title: 'Ideogram 4.5 Precise Edit',
    summary:
      'Changes what the prompt or a mask says and keeps every other pixel, at the size of the picture.',
    fields: jobFields(['very_low', 'low', 'medium', 'high']),
    prices: byQuality({ very_low: 0.008, low: 0.03, medium: 0.06, high: 0.22 }),
    engines: ['ideogram'],
  }),
  defineModel({
    id: 'ideogram/ideogram-4.5-remix',
    title: 'Ideogram 4.5 Remix',
    summary: 'Makes a new picture of a picture after a prompt, guided by up to four others.',
    fields: [
      ...jobFields(['low', 'medium', 'high']),
      share('strength', 'How far the result may leave the picture.'),
    ],
    prices: byQuality({ low: 0.03, medium: 0.06, high: 0.1 }),
    engines: ['ideogram'],
  }),
]
