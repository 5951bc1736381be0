/** The fields that many models share, so that a provider's file says only what differs. */
import type { ImageRole } from '../core/job.ts'
import type { Field, FieldKind } from './field.ts'

/** Krea's document leaves most prompts without a limit; no vendor reads more than this. */
export const MAX_TEXT = 32_000
/** Where the document has no limit for a size; the largest that it allows anywhere. */
export const MAX_SIZE = 32_000
/** Where the document has no limit for a list of images. The most that any vendor takes. */
export const MAX_IMAGES = 16
const MAX_STYLES = 20

type Extra = {
  required?: boolean | 'strict'
  isNullable?: boolean
  title?: string
  description?: string
  sameAs?: string
}

/** Completes a field; its title is made from the name when none is given. */
export function field(name: string, kind: FieldKind & Extra): Field {
  const { required = false, isNullable = false, title = toTitle(name), description = '', ...rest } = kind
  return {
    ...rest,
    name,
    title,
    description: description === '' ? `${title}.` : description,
    required,
    isNullable,
  }
}

function toTitle(name: string): string {
  const words = name.replaceAll('_', ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}

type Limits = { min?: number; max?: number; required?: boolean | 'strict' }

/** @param strictMin the document's minimum where clients are known to send less */
export function prompt({
  min = 0,
  max = MAX_TEXT,
  strictMin,
}: { min?: number; max?: number; strictMin?: number } = {}): Field {
  const description = 'What the picture should become, in plain words.'
  const kind = { kind: 'text', minLength: min, maxLength: max, required: true, description } as const
  return field('prompt', strictMin === undefined ? kind : { ...kind, strictMinLength: strictMin })
}

/** The optional prompt of an upscaler. */
export function guidingPrompt(): Field {
  const description = 'Words that describe the picture, for models that invent detail.'
  return field('prompt', { kind: 'text', minLength: 0, maxLength: MAX_TEXT, default: '', description })
}

type Size = Limits & { default?: number; kind?: 'number' | 'integer' }

/** `width` and `height`, in pixels. */
export function size({
  min = 1,
  max = MAX_SIZE,
  required = false,
  kind = 'number',
  ...rest
}: Size = {}): Field[] {
  return ['width', 'height'].map((name) => {
    const description = `${toTitle(name)} of the result in pixels.`
    return field(name, { kind, min, max, required, description, ...rest })
  })
}

/** @param fallback the document's example value; a request without seed gets a random one, whatever it says */
export function seed(fallback?: number): Field {
  const description =
    'Same request and seed, same picture, where the engine supports it. Random when left out.'
  const kind = { kind: 'number', min: null, max: null, description } as const
  return field('seed', fallback === undefined ? kind : { ...kind, default: fallback })
}

export function aspectRatio(values: readonly string[], required: boolean | 'strict' = false): Field {
  const description = 'Width to height of the result.'
  return field('aspect_ratio', { kind: 'enum', values, required, description })
}

export function resolution(
  values: readonly string[],
  options: { required?: boolean | 'strict'; default?: string } = {},
): Field {
  const description = 'Size class of the result; 1K is about one megapixel.'
  return field('resolution', { kind: 'enum', values, description, ...options })
}

export function choice(
  name: string,
  values: readonly string[],
  extra: Extra & { default?: string } = {},
): Field {
  return field(name, { kind: 'enum', values, ...extra })
}

export function toggle(name: string, description: string, fallback?: boolean): Field {
  return field(
    name,
    fallback === undefined
      ? { kind: 'boolean', description }
      : { kind: 'boolean', default: fallback, description },
  )
}

type Range = { min?: number; max?: number; default?: number; description: string; sameAs?: string }

export function decimal(name: string, { min, max, ...rest }: Range): Field {
  return field(name, { kind: 'number', min: min ?? null, max: max ?? null, ...rest })
}

export function integer(name: string, { min, max, ...rest }: Range): Field {
  return field(name, { kind: 'integer', min: min ?? null, max: max ?? null, ...rest })
}

/** A value from 0 to 1. */
export function share(name: string, description: string, fallback?: number): Field {
  const range = { min: 0, max: 1, description }
  return decimal(name, fallback === undefined ? range : { ...range, default: fallback })
}

const IMAGE_FORMS = 'an http(s) URL, the URL of an asset, a data URI or base64'

export function imageUrl(options: { required?: boolean; isNullable?: boolean } = {}): Field {
  return image('image_url', {
    role: 'source',
    description: `The picture to work on: ${IMAGE_FORMS}.`,
    ...options,
  })
}

export function image(name: string, options: Extra & { role: ImageRole; description: string }): Field {
  return field(name, { kind: 'image', ...options })
}

export function imageUrls({
  max = MAX_IMAGES,
  required = false,
}: { max?: number; required?: boolean } = {}): Field {
  const description = `The pictures to work on, each ${IMAGE_FORMS}.`
  return field('image_urls', {
    kind: 'images',
    role: 'source',
    minItems: required ? 1 : 0,
    maxItems: max,
    required,
    description,
  })
}

/** @param role `source` where this is the model's only way to take a picture */
export function styleImages(role: 'source' | 'style', max = MAX_IMAGES): Field {
  const description =
    role === 'source'
      ? 'The pictures to work on, with weights.'
      : 'Pictures that guide the result, with weights.'
  return field('style_images', { kind: 'weighted_images', role, minItems: 0, maxItems: max, description })
}

export function styleReferences(max = MAX_IMAGES): Field {
  const description = 'Pictures whose style, not content, is taken over, with weights.'
  return field('image_style_references', {
    kind: 'weighted_images',
    role: 'style_reference',
    minItems: 0,
    maxItems: max,
    description,
  })
}

export function styles(max = MAX_STYLES): Field {
  const description = 'Trained styles by id, with weights.'
  return field('styles', { kind: 'styles', maxItems: max, strength: [-2, 2], description })
}
