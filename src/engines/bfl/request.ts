/** From a parsed request to a submit of Black Forest Labs' API. */
import type { GenerateInput, Warning } from '../../core/job.ts'
import type { AdapterRequest, OutgoingCall } from '../../net/upstream/adapter.ts'
import { jsonBody } from '../../net/upstream/body.ts'
import type { PreparedImage } from '../../net/upstream/inputs.ts'
import { unfit } from '../../net/upstream/inputs.ts'
import { adjusted } from '../../net/upstream/shape.ts'
import { choosePixels, chooseRatio } from '../choose-size.ts'
import { toBase64 } from '../image-text.ts'
import { sourcesFirst, weightWarnings } from '../pictures.ts'
import type { BflModel } from './models.ts'

type Written = { fields: Readonly<Record<string, unknown>>; warnings: readonly Warning[] }

/** The vendor's default, said aloud so that a change of it changes nothing here. 0 is the strictest. */
const SAFETY_TOLERANCE = 2
/** PNG unless asked for another: what follows may still work on the picture. */
const FORMATS = ['png', 'jpeg', 'webp'] as const

/** @throws AfterimageError for an image where the model takes none, or more than it takes */
export async function toBflCall({ input, model, images }: AdapterRequest<BflModel>): Promise<OutgoingCall> {
  const pictures = sourcesFirst(images)
  const shape = writeShape(input, model)
  const knobs = model.hasDiffusionKnobs === true ? writeKnobs(input) : { fields: {}, warnings: [] }
  const named = input.options.outputFormat ?? input.fields['output_format']
  const body = {
    prompt: input.prompt ?? '',
    ...(await writeImages(pictures, model)),
    // A seed that nobody asked for would promise a repeatability that nobody asked for.
    ...(input.isSeedGiven ? { seed: input.seed } : {}),
    ...shape.fields,
    ...knobs.fields,
    ...(model.raw === undefined ? {} : { raw: readRaw(input, model.raw) }),
    ...model.fixed,
    safety_tolerance: SAFETY_TOLERANCE,
    output_format: FORMATS.find((format) => format === named) ?? 'png',
  }
  return {
    path: `/${model.upstream}`,
    body: jsonBody(body),
    warnings: [...shape.warnings, ...knobs.warnings, ...weightWarnings(pictures, 'Black Forest Labs')],
  }
}

/** Raw base64, without the head of a data URI. */
async function writeImages(
  pictures: readonly PreparedImage[],
  { upstream, maxImages }: BflModel,
): Promise<Record<string, string>> {
  const surplus = pictures[maxImages]
  if (surplus !== undefined) throw unfit(surplus.input, `${upstream} takes at most ${maxImages} images`)
  const fields: Record<string, string> = {}
  for (const [index, picture] of pictures.entries())
    fields[index === 0 ? 'input_image' : `input_image_${index + 1}`] = await toBase64(picture)
  return fields
}

function writeShape(input: GenerateInput, { shape }: BflModel): Written {
  if ('pixels' in shape) {
    const { size, warnings } = choosePixels(input, shape.pixels)
    return { fields: size ?? {}, warnings }
  }
  const { ratio, warnings } = chooseRatio(input, shape.named)
  const aspect = ratio ?? shape.fallback
  return { fields: aspect === null ? {} : { aspect_ratio: aspect }, warnings }
}

const STEPS = { min: 1, max: 50 }
const GUIDANCE = { min: 1.5, max: 10 }
/** FLUX 2 has the newer name alone; Krea's older models keep both under the first. */
const GUIDANCE_FIELDS = ['guidance_scale_flux', 'guidance_scale'] as const

function writeKnobs({ fields }: GenerateInput): Written {
  const steps = clampField(fields['steps'], { path: 'steps', ...STEPS })
  const path = GUIDANCE_FIELDS.find((name) => typeof fields[name] === 'number') ?? GUIDANCE_FIELDS[0]
  const guidance = clampField(fields[path], { path, ...GUIDANCE })
  return {
    fields: {
      ...(steps.value === null ? {} : { steps: steps.value }),
      ...(guidance.value === null ? {} : { guidance: guidance.value }),
    },
    warnings: [...steps.warnings, ...guidance.warnings],
  }
}

type Range = { path: string; min: number; max: number }

function clampField(
  value: unknown,
  { path, min, max }: Range,
): { value: number | null; warnings: readonly Warning[] } {
  if (typeof value !== 'number') return { value: null, warnings: [] }
  const used = Math.min(Math.max(value, min), max)
  return {
    value: used,
    warnings: used === value ? [] : [adjusted(path, { asked: `${value}`, used: `${used}` })],
  }
}

function readRaw({ fields }: GenerateInput, fallback: boolean): boolean {
  return typeof fields['raw'] === 'boolean' ? fields['raw'] : fallback
}
