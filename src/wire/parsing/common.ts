/** The members of an input that mean the same on every model, read from the fields in which each model has them. */
import type { Model } from '../../catalogue/index.ts'
import type { GenerateInput, Warning } from '../../core/job.ts'
import { COUNT } from './names.ts'

type Fields = Readonly<Record<string, unknown>>
type Common = Pick<
  GenerateInput,
  | 'prompt'
  | 'width'
  | 'height'
  | 'aspectRatio'
  | 'resolution'
  | 'scale'
  | 'strength'
  | 'creativity'
  | 'style'
  | 'count'
>

/** Krea 2 names steps instead of a number. */
const CREATIVITY_WORDS: Readonly<Record<string, number>> = { raw: 0, low: 1 / 3, medium: 2 / 3, high: 1 }

/** Only what the caller set; a field's default is the engine's business. */
export function readCommon(model: Model, fields: Fields): Common {
  const number = (name: string): number | null => numberOf(fields, name)
  const text = (name: string): string | null => textOf(fields, name)
  return {
    prompt: text('prompt'),
    width: round(number('width')),
    height: round(number('height')),
    aspectRatio: text('aspect_ratio'),
    resolution: text('resolution'),
    scale: number('scale') ?? readFactor(model, fields),
    strength: clamp(number('strength') ?? number('denoising_strength')),
    creativity: readCreativity(model, fields),
    style: text('style'),
    count: number(COUNT) ?? 1,
  }
}

/** What the common members had to change about the caller's values. */
export function commonWarnings(fields: Fields): Warning[] {
  const strength = numberOf(fields, 'strength')
  if (strength === null || strength === clamp(strength)) return []
  const message = `found ${strength}; 0 to 1 is what strength can mean, so ${clamp(strength)} is used`
  return [{ code: 'clamped_value', path: 'strength', message }]
}

/** Where a model has the switch, the factor counts only when it is on. */
function readFactor(model: Model, fields: Fields): number | null {
  const field = model.fields.find(({ name }) => name === 'upscaling_activated')
  const fallback = field?.kind === 'boolean' ? field.default : true
  const isOn = fields['upscaling_activated'] ?? fallback ?? true
  return isOn === true ? numberOf(fields, 'image_scaling_factor') : null
}

function readCreativity(model: Model, fields: Fields): number | null {
  const value = fields['creativity']
  if (typeof value === 'string')
    return Object.hasOwn(CREATIVITY_WORDS, value) ? (CREATIVITY_WORDS[value] ?? null) : null
  const field = model.fields.find(({ name }) => name === 'creativity')
  if (typeof value !== 'number' || field === undefined || !('min' in field)) return null
  const { min, max } = field
  return min === null || max === null ? clamp(value) : clamp((value - min) / (max - min))
}

function numberOf(fields: Fields, name: string): number | null {
  const value = Object.hasOwn(fields, name) ? fields[name] : null
  return typeof value === 'number' ? value : null
}

/** Empty text says nothing. */
function textOf(fields: Fields, name: string): string | null {
  const value = Object.hasOwn(fields, name) ? fields[name] : null
  return typeof value === 'string' && value !== '' ? value : null
}

function round(pixels: number | null): number | null {
  return pixels === null ? null : Math.max(1, Math.round(pixels))
}

function clamp(value: number): number
function clamp(value: number | null): number | null
function clamp(value: number | null): number | null {
  return value === null ? null : Math.min(1, Math.max(0, value))
}
