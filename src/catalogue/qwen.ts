/** Qwen. */
import { defineModel, flat } from './define.ts'
import type { Field } from './field.ts'
import { decimal, field, imageUrls, integer, MAX_TEXT, prompt, seed, size, styles, toggle } from './fields.ts'
import type { Model } from './model.ts'

/** Characters; the vendor cuts off what is longer. */
const MAX_EDIT_PROMPT = 800
const MAX_NEGATIVE_PROMPT = 500

function negativePrompt(max: number): Field {
  return field('negative_prompt', {
    kind: 'text',
    minLength: 0,
    maxLength: max,
    default: '',
    description: 'What shall not appear.',
  })
}

/** Alibaba hosts them; Krea has no paths for them, and nobody published a price in dollars. */
function hosted(
  id: string,
  {
    title,
    summary,
    images,
    isEditor = false,
  }: { title: string; summary: string; images: number; isEditor?: boolean },
): Model {
  return defineModel({
    id: `qwen/${id}`,
    title,
    summary,
    fields: [
      prompt(isEditor ? { min: 1, max: MAX_EDIT_PROMPT } : { min: 1 }),
      imageUrls({ max: images, required: isEditor }),
      ...size({ min: 512, max: 2048, kind: 'integer' }),
      negativePrompt(MAX_NEGATIVE_PROMPT),
      seed(),
      toggle('skip_prompt_expansion', 'Take the prompt as it is instead of elaborating it.', false),
      integer('count', { min: 1, max: 6, default: 1, description: 'Number of results.' }),
    ],
    engines: ['dashscope'],
  })
}

export const QWEN: readonly Model[] = [
  defineModel({
    id: 'qwen/2512',
    title: 'Qwen 2512',
    summary: 'Text to image with trained styles.',
    fields: [
      prompt(),
      negativePrompt(MAX_TEXT),
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
  hosted('qwen-image-edit-plus', {
    title: 'Qwen Image Edit Plus',
    summary: 'Edits and combines up to three pictures by instruction.',
    images: 3,
    isEditor: true,
  }),
  hosted('qwen-image-edit-max', {
    title: 'Qwen Image Edit Max',
    summary: 'The thorough editor of its generation, for up to three pictures.',
    images: 3,
    isEditor: true,
  }),
  hosted('qwen-image-3.0', {
    title: 'Qwen Image 3.0',
    summary: 'Paints from words, and edits up to three pictures by instruction.',
    images: 3,
  }),
  hosted('qwen-image-3.0-pro', {
    title: 'Qwen Image 3.0 Pro',
    summary: 'The large model of its generation: paints, and edits up to three pictures.',
    images: 3,
  }),
  hosted('qwen-image-2.1-pro', {
    title: 'Qwen Image 2.1 Pro',
    summary: 'Combines up to ten pictures by instruction.',
    images: 10,
  }),
  hosted('qwen-image-2.0-pro', {
    title: 'Qwen Image 2.0 Pro',
    summary: 'The model before: paints, and edits up to three pictures.',
    images: 3,
  }),
]
