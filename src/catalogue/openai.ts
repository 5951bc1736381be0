/** OpenAI. */
import { defineModel, flat } from './define.ts'
import type { Field } from './field.ts'
import { aspectRatio, choice, imageUrls, prompt, resolution, size, styleImages, styles } from './fields.ts'
import type { Model } from './model.ts'

const QUALITIES = ['low', 'medium', 'high', 'auto'] as const
const NEW_QUALITIES = ['low', 'medium', 'high', 'xhigh', 'max'] as const
const RATIOS = ['16:9', '2:1', '3:2', '4:3', '1:1', '3:4', '2:3', '1:2', '9:16'] as const
const RESOLUTIONS = ['1K', '2K', '4K'] as const
const ALIASES = { imageUrls: 'image_urls', presetStyles: 'styles', styleImages: 'style_images' }
const QUALITY = { description: 'How much work goes into the picture; it decides the price.' }

/** Only names and value lists of these are published; nobody has published a price. Those of 2.6 are as those of 2.5. */
function generation25(): Field[] {
  return [
    prompt({ min: 1 }),
    imageUrls({ max: 10 }),
    aspectRatio(RATIOS, true),
    resolution(RESOLUTIONS, { required: true }),
    choice('quality', NEW_QUALITIES, QUALITY),
  ]
}

export const OPENAI: readonly Model[] = [
  defineModel({
    id: 'openai/gpt-image',
    title: 'ChatGPT Image',
    summary: 'Follows long instructions closely, edits and combines up to sixteen pictures.',
    fields: [
      prompt({ min: 1 }),
      imageUrls(),
      ...size({ min: 512, max: 8192, default: 1024 }),
      choice('quality', QUALITIES, { ...QUALITY, default: 'auto' }),
      styles(5),
      styleImages('style', 15),
    ],
    aliases: ALIASES,
    prices: flat(0.3747, 179),
    latencySeconds: 72,
    engines: ['openai', 'openai-responses', 'krea'],
  }),
  defineModel({
    id: 'openai/gpt-image-2',
    title: 'ChatGPT 2',
    summary: 'Edits and combines pictures by instruction at any size up to about eight megapixels.',
    fields: [
      prompt({ min: 1 }),
      imageUrls({ max: 10 }),
      ...size(),
      choice('quality', QUALITIES, { ...QUALITY, default: 'high' }),
      aspectRatio(RATIOS),
      resolution(RESOLUTIONS),
      styleImages('style', 10),
    ],
    aliases: { imageUrls: 'image_urls', styleImages: 'style_images' },
    prices: flat(null, 127),
    latencySeconds: 55,
    engines: ['openai', 'openai-responses', 'fal', 'replicate', 'krea'],
  }),
  defineModel({
    id: 'openai/gpt-image-2.5-flare',
    title: 'GPT Image 2.5 Flare',
    summary: 'The quick model of its generation, with transparent backgrounds.',
    fields: [
      ...generation25(),
      choice('background', ['auto', 'opaque', 'transparent'], { description: 'What is behind the subject.' }),
    ],
    engines: ['openai', 'openai-responses', 'krea'],
  }),
  defineModel({
    id: 'openai/gpt-image-2.5-sunburst',
    title: 'GPT Image 2.5 Sunburst',
    summary: 'The thorough model of its generation.',
    fields: generation25(),
    engines: ['openai', 'openai-responses', 'krea'],
  }),
  defineModel({
    id: 'openai/gpt-image-2.6-flare',
    title: 'GPT Image 2.6 Flare',
    summary: 'The quick model after 2.5, of which Krea has no path.',
    fields: [
      ...generation25(),
      choice('background', ['auto', 'opaque', 'transparent'], { description: 'What is behind the subject.' }),
    ],
    engines: ['openai', 'openai-responses'],
  }),
  defineModel({
    id: 'openai/gpt-image-2.6-sunburst',
    title: 'GPT Image 2.6 Sunburst',
    summary: 'The thorough model after 2.5, of which Krea has no path.',
    fields: generation25(),
    engines: ['openai', 'openai-responses'],
  }),
]
