/** Topaz Labs: enlarging and repairing photographs. */
import { defineModel } from './define.ts'
import type { Field } from './field.ts'
import {
  choice,
  decimal,
  field,
  guidingPrompt,
  image,
  imageUrl,
  integer,
  seed,
  share,
  size,
  toggle,
} from './fields.ts'
import type { Model } from './model.ts'

const ALIASES = { imageUrl: 'image_url' }
const HALF = 0.5

function target(max: number): Field[] {
  return [imageUrl({ required: true }), ...size({ max, required: true }), seed(1337)]
}

function output(): Field[] {
  return [
    choice('output_format', ['png', 'jpg', 'webp'], { default: 'jpg', description: 'Format of the file.' }),
    toggle('crop_to_fill', 'Crop instead of padding when the proportions differ.', false),
    toggle('upscaling_activated', 'Enlarge by image_scaling_factor.', false),
    decimal('image_scaling_factor', { min: 1, max: 32, default: 1, description: 'How many times larger.' }),
  ]
}

function subjectAndFaces(): Field[] {
  return [
    choice('subject_detection', ['All', 'Foreground', 'Background'], {
      default: 'All',
      description: 'Which part is enhanced.',
    }),
    toggle('face_enhancement', 'Restore faces.', false),
    share('face_enhancement_creativity', 'How freely faces are restored.', HALF),
    share('face_enhancement_strength', 'How strongly faces are restored.', HALF),
  ]
}

function repair(): Field[] {
  return [
    share('sharpen', 'How much blur is removed.', HALF),
    share('denoise', 'How much noise is removed.', HALF),
  ]
}

function preservation(): Field[] {
  return [
    toggle('face_preservation', 'Keep faces as they are.', false),
    toggle('color_preservation', 'Keep colours as they are.', false),
  ]
}

/** Only the names are published. */
function grain(): Field[] {
  return [
    toggle('grain', 'Add film grain.'),
    field('grain_model', { kind: 'text', minLength: 0, maxLength: 100, description: 'Kind of grain.' }),
    ...(['grain_density', 'grain_size', 'grain_strength'] as const).map((name) =>
      decimal(name, { min: 0, description: `${name.replace('grain_', '')} of the grain.` }),
    ),
  ]
}

export const TOPAZ: readonly Model[] = [
  defineModel({
    id: 'topaz/standard-enhance',
    category: 'enhance',
    title: 'Topaz',
    summary: 'Enlarges and repairs a photograph faithfully.',
    fields: [
      ...target(32_000),
      guidingPrompt(),
      choice('model', ['Standard V2', 'Low Resolution V2', 'CGI', 'High Fidelity V2', 'Text Refine'], {
        required: true,
        description: 'Which kind of picture it is.',
      }),
      ...output(),
      ...subjectAndFaces(),
      ...repair(),
      share('fix_compression', 'How many compression artefacts are removed.', HALF),
      decimal('strength', {
        min: 0.01,
        max: 1,
        default: HALF,
        description: 'How strong the enhancement is.',
      }),
    ],
    aliases: ALIASES,
    engines: ['topaz', 'fal', 'krea', 'a1111', 'comfyui'],
  }),
  defineModel({
    id: 'topaz/generative-enhance',
    category: 'enhance',
    title: 'Topaz Generative',
    summary: 'Enlarges a picture and invents plausible detail.',
    fields: [
      ...target(32_000),
      guidingPrompt(),
      choice('model', ['Redefine', 'Recovery', 'Recovery V2', 'Reimagine'], {
        default: 'Redefine',
        description: 'How the detail is made.',
      }),
      ...output(),
      ...subjectAndFaces(),
      ...repair(),
      integer('creativity', { min: 1, max: 6, default: 3, description: 'How much is invented.' }),
      integer('texture', { min: 1, max: 5, default: 3, description: 'How much texture is added.' }),
      share('detail', 'How much detail is added.', HALF),
    ],
    aliases: ALIASES,
    engines: ['topaz', 'fal', 'krea'],
  }),
  defineModel({
    id: 'topaz/bloom-enhance',
    category: 'enhance',
    title: 'Topaz Bloom',
    summary: 'Enlarges generated pictures with creative detail.',
    fields: [
      ...target(10_000),
      guidingPrompt(),
      choice('model', ['Reimagine'], { description: 'There is one.' }),
      ...output(),
      integer('creativity', { min: 1, max: 9, default: 3, description: 'How much is invented.' }),
      ...preservation(),
    ],
    aliases: ALIASES,
    engines: ['topaz', 'krea'],
  }),
  defineModel({
    id: 'topaz/bloom-2-enhance',
    category: 'enhance',
    title: 'Topaz Bloom 2',
    summary: 'The second Bloom: more faithful, with film grain and a reference picture.',
    fields: [
      ...target(10_000),
      guidingPrompt(),
      ...output(),
      // Its range is not published; this is the one of the first Bloom.
      integer('creativity', { min: 1, max: 9, description: 'How much is invented.' }),
      ...preservation(),
      toggle('autoprompt', 'Describe the picture by itself.'),
      ...grain(),
      image('reference_uri', { role: 'reference', description: 'A picture whose detail serves as example.' }),
    ],
    engines: ['topaz', 'krea'],
  }),
  defineModel({
    id: 'topaz/wonder-35-enhance',
    category: 'enhance',
    title: 'Topaz Wonder 3.5',
    summary: 'Enlarges and repairs in one go, without settings to learn.',
    fields: [
      ...target(16_000),
      ...output(),
      decimal('enhancement_strength', { min: 0, description: 'How strong the enhancement is.' }),
      ...grain(),
    ],
    engines: ['topaz', 'krea'],
  }),
]
