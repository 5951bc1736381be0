/** Qwen. */
import { defineModel, flat } from './define.ts'
import { decimal, field, integer, MAX_TEXT, prompt, seed, size, styles, toggle } from './fields.ts'
import type { Model } from './model.ts'

export const QWEN: readonly Model[] = [
  defineModel({
    id: 'qwen/2512',
    title: 'Qwen 2512',
    summary: 'Text to image with trained styles.',
    fields: [
      prompt(),
      field('negative_prompt', {
        kind: 'text',
        minLength: 0,
        maxLength: MAX_TEXT,
        default: '',
        description: 'What shall not appear.',
      }),
      ...size({ kind: 'integer', default: 1024 }),
      integer('num_inference_steps', { min: 1, default: 30, description: 'Denoising steps.' }),
      decimal('cfg_scale', { default: 4, description: 'How closely the prompt is followed.' }),
      seed(),
      toggle('skip_prompt_expansion', 'Take the prompt as it is instead of elaborating it.'),
      styles(),
    ],
    aliases: { skipPromptExpansion: 'skip_prompt_expansion', presetStyles: 'styles' },
    prices: flat(null, 9),
    engines: ['fal', 'dashscope', 'krea'],
  }),
]
