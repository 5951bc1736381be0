/** Google: Nano Banana edits and generates, Imagen generates. */
import type { EngineId } from './define.ts'
import { defineModel, flat } from './define.ts'
import { aspectRatio, imageUrls, prompt, resolution, seed, size, styleImages } from './fields.ts'
import type { Model, PricePoint } from './model.ts'

const RATIOS = ['21:9', '1:1', '4:3', '3:2', '2:3', '5:4', '4:5', '3:4', '16:9', '9:16'] as const
const WIDE_RATIOS = ['4:1', ...RATIOS, '1:4', '1:8'] as const
const RESOLUTIONS = ['1K', '2K', '4K'] as const
const ALIASES = { imageUrls: 'image_urls', aspectRatio: 'aspect_ratio', styleImages: 'style_images' }

function byResolution(
  points: Readonly<Record<string, readonly [usd: number | null, computeUnits: number]>>,
): PricePoint[] {
  return Object.entries(points).map(([value, [usd, computeUnits]]) => ({
    usd,
    computeUnits,
    when: { resolution: value },
  }))
}

function imagen(id: string, title: string, computeUnits: number): Model {
  return defineModel({
    id: `google/${id}`,
    title,
    summary: 'Text to image.',
    fields: [prompt({ min: 1 }), ...size({ min: 512, max: 8192, default: 1024 }), seed(1337)],
    prices: flat(null, computeUnits),
    // Google itself has shut Imagen down on 24 June 2026.
    engines: ['krea'],
  })
}

const MARKETPLACES: readonly EngineId[] = ['google', 'fal', 'replicate', 'krea']

export const GOOGLE: readonly Model[] = [
  defineModel({
    id: 'google/nano-banana-pro',
    title: 'Nano Banana Pro',
    summary: 'Edits and combines pictures by instruction, up to 4K, with reliable lettering.',
    fields: [
      prompt({ min: 1, strictMin: 3 }),
      imageUrls(),
      ...size(),
      aspectRatio(RATIOS),
      resolution(RESOLUTIONS, { default: '1K' }),
      styleImages('style'),
    ],
    aliases: ALIASES,
    prices: byResolution({ '1K': [0.15, 60.1], '2K': [0.15, 60.1], '4K': [0.3, 120] }),
    engines: MARKETPLACES,
  }),
  defineModel({
    id: 'google/nano-banana-2',
    title: 'Nano Banana 2',
    summary: 'Fast edits by instruction, up to 4K, also in very wide and very tall formats.',
    fields: [
      prompt({ min: 1, strictMin: 3 }),
      imageUrls(),
      ...size(),
      aspectRatio(WIDE_RATIOS),
      resolution(RESOLUTIONS, { default: '1K' }),
      styleImages('style'),
    ],
    aliases: ALIASES,
    // Published are only the ends of the price list; between them the compute units say most.
    prices: byResolution({ '1K': [0.08, 34.4], '2K': [null, 57.8], '4K': [0.16, 86.5] }),
    engines: ['google', 'fal', 'krea'],
  }),
  defineModel({
    id: 'google/nano-banana',
    title: 'Nano Banana',
    summary: 'Edits and combines pictures by instruction.',
    fields: [prompt({ min: 1 }), imageUrls(), ...size(), aspectRatio(RATIOS), styleImages('style')],
    aliases: ALIASES,
    prices: flat(0.0429, 22.3),
    engines: ['google', 'fal', 'krea'],
  }),
  defineModel({
    id: 'google/nano-banana-flash-lite',
    title: 'Nano Banana Flash Lite',
    summary: 'The quickest and cheapest edits of the family.',
    fields: [prompt(), imageUrls({ max: 14 }), ...size(), aspectRatio(RATIOS)],
    prices: flat(0.034, null),
    engines: ['google', 'krea'],
  }),
  imagen('imagen-3', 'Imagen 3', 22.9),
  imagen('imagen-4', 'Imagen 4', 22.9),
  imagen('imagen-4-fast', 'Imagen 4 Fast', 11.5),
  imagen('imagen-4-ultra', 'Imagen 4 Ultra', 34.4),
]
