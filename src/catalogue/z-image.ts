/** Z-Image. */
import { defineModel, flat } from './define.ts'
import {
  aspectRatio,
  imageUrl,
  prompt,
  resolution,
  seed,
  share,
  styleImages,
  styles,
  toggle,
} from './fields.ts'
import type { Model } from './model.ts'

export const Z_IMAGE: readonly Model[] = [
  defineModel({
    id: 'z-image/z-image',
    title: 'Z Image',
    summary: 'Small and quick diffusion, with trained styles.',
    fields: [
      prompt(),
      seed(),
      share('denoising_strength', 'How far the result may leave the source.', 0.6),
      styles(),
      toggle('skip_prompt_expansion', 'Take the prompt as it is instead of elaborating it.', false),
      // The official Python client leaves both out.
      aspectRatio(['1:1', '4:3', '2:3', '16:9', '9:16'], 'strict'),
      resolution(['1K'], { required: 'strict' }),
      imageUrl({ isNullable: true }),
      styleImages('style', 1),
    ],
    aliases: {
      presetStyles: 'styles',
      skipPromptExpansion: 'skip_prompt_expansion',
      aspectRatio: 'aspect_ratio',
      imageUrl: 'image_url',
      styleImages: 'style_images',
    },
    prices: flat(null, 1),
    latencySeconds: 5,
    engines: ['fal', 'krea', 'sdcpp', 'comfyui'],
  }),
]
