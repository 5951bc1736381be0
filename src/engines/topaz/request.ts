/** From a parsed request to a job of Topaz Labs' image API: always a form, whose fields have Krea's names. */
import type { GenerateInput, Warning } from '../../core/job.ts'
import type { AdapterRequest, OutgoingCall } from '../../net/upstream/adapter.ts'
import type { FormPart } from '../../net/upstream/body.ts'
import { formBody } from '../../net/upstream/body.ts'
import type { PreparedImage } from '../../net/upstream/inputs.ts'
import { mediaTypeOf, unfit } from '../../net/upstream/inputs.ts'
import { adjusted, withoutEffect } from '../../net/upstream/shape.ts'
import { textOf } from '../choose-size.ts'
import type { TopazModel } from './models.ts'
import { GRAIN_DIALS } from './models.ts'
import { chooseOutputSize } from './output-size.ts'

type Value = string | number | boolean
type Written = { fields: Readonly<Record<string, Value>>; warnings: readonly Warning[] }

const MAX_OUTPUT_PIXELS = 512_000_000
const SEEDS = 2000
const STRENGTH_WORDS = ['low', 'medium', 'high'] as const
const GRAIN_MODELS = ['silver', 'gaussian', 'grey'] as const
const GRAIN_RANGES = {
  grain_density: { min: 0, max: 1 },
  grain_size: { min: 1, max: 5 },
  grain_strength: { min: 0, max: 1 },
} as const
const NOTHING: Written = { fields: {}, warnings: [] }

/** @throws AfterimageError without a picture, and for a result that the vendor would refuse */
export function toTopazCall({ input, model, images }: AdapterRequest<TopazModel>): OutgoingCall {
  const source = images.find((image) => image.input.role === 'source')
  if (source === undefined) throw new TypeError('a job to enhance nothing')
  const written = [
    writeSize(input, source),
    writeFormat(input),
    writeDials(input, model),
    writePrompt(input, model),
    writeSeed(input, model),
    writeStrength(input, model),
    writeGrain(input, model),
  ]
  const fields = { model: nameOf(input, model), ...mergeFields(written) }
  return {
    path: model.path,
    body: formBody([toFilePart(source), ...toParts(fields)]),
    warnings: written.flatMap(({ warnings }) => warnings),
  }
}

function mergeFields(written: readonly Written[]): Record<string, Value> {
  return Object.fromEntries(written.flatMap(({ fields }) => Object.entries(fields)))
}

function toFilePart({ path, bytes, format }: PreparedImage): FormPart {
  return {
    name: 'image',
    filename: `image.${format}`,
    contentType: mediaTypeOf(format),
    content: { path, bytes },
  }
}

function toParts(fields: Readonly<Record<string, Value>>): FormPart[] {
  return Object.entries(fields).map(([name, value]) => ({ name, value: String(value) }))
}

function nameOf({ fields }: GenerateInput, { names }: TopazModel): string {
  return names.find((name) => name === fields['model']) ?? names[0]
}

function writeSize(input: GenerateInput, { input: source }: PreparedImage): Written {
  const { size, warnings } = chooseOutputSize(input, source.info)
  if (size === null) return { fields: {}, warnings }
  if (size.width * size.height > MAX_OUTPUT_PIXELS)
    throw unfit(
      source,
      `the result would be ${textOf(size)}; Topaz makes at most ${MAX_OUTPUT_PIXELS} pixels`,
    )
  return { fields: { output_width: size.width, output_height: size.height }, warnings }
}

/** A format that Topaz lacks was warned of when planned. */
function writeFormat({ options, fields }: GenerateInput): Written {
  const format = options.outputFormat ?? fields['output_format']
  return { fields: { output_format: format === 'png' ? 'png' : 'jpeg' }, warnings: [] }
}

function writeDials({ fields, strength }: GenerateInput, { dials }: TopazModel): Written {
  // Brought into its range by the parser.
  const given: Readonly<Record<string, unknown>> = { ...fields, strength: strength ?? undefined }
  const written = Object.entries(dials).flatMap(([name, fallback]): [string, Value][] => {
    const value = isValue(given[name]) ? given[name] : fallback
    return value === null ? [] : [[name, value]]
  })
  return { fields: Object.fromEntries(written), warnings: [] }
}

function isValue(value: unknown): value is Value {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
}

function writePrompt({ prompt }: GenerateInput, { hasPrompt }: TopazModel): Written {
  return hasPrompt && prompt !== null ? { fields: { prompt }, warnings: [] } : NOTHING
}

/** The vendor knows 1 to 2000; the same seed always leads to the same of them. */
function writeSeed({ seed, isSeedGiven }: GenerateInput, { hasSeed }: TopazModel): Written {
  if (!hasSeed || !isSeedGiven) return NOTHING
  const used = seed >= 1 && seed <= SEEDS ? seed : 1 + (seed % SEEDS)
  const warnings = used === seed ? [] : [adjusted('seed', { asked: `${seed}`, used: `${used}` })]
  return { fields: { seed: used }, warnings }
}

/** Krea takes a number, of which it says no more than that it is not negative; the vendor takes three words. */
function writeStrength({ fields }: GenerateInput, { hasStrengthWords }: TopazModel): Written {
  const value = fields['enhancement_strength']
  if (hasStrengthWords !== true || typeof value !== 'number') return NOTHING
  const word = STRENGTH_WORDS[Math.min(2, Math.floor(value * STRENGTH_WORDS.length))] ?? 'high'
  const warning = adjusted('enhancement_strength', { asked: `${value}`, used: word })
  return { fields: { enhancement_strength: word }, warnings: [warning] }
}

/** The finer settings of the grain mean nothing while it is off. */
function writeGrain({ fields }: GenerateInput, { hasGrain }: TopazModel): Written {
  if (!hasGrain) return NOTHING
  const given = GRAIN_DIALS.filter((name) => fields[name] !== undefined)
  if (fields['grain'] !== true)
    return { fields: {}, warnings: given.map((name) => withoutEffect(name, '`grain` is off')) }
  const written = given.map((name) => writeGrainDial(name, fields[name]))
  return {
    fields: { grain: true, ...mergeFields(written) },
    warnings: written.flatMap(({ warnings }) => warnings),
  }
}

function writeGrainDial(name: (typeof GRAIN_DIALS)[number], value: unknown): Written {
  if (name === 'grain_model') {
    const model = GRAIN_MODELS.find((known) => known === value)
    return model === undefined
      ? { fields: {}, warnings: [withoutEffect(name, `allowed: ${GRAIN_MODELS.join(', ')}`)] }
      : { fields: { [name]: model }, warnings: [] }
  }
  if (typeof value !== 'number') return NOTHING
  const { min, max } = GRAIN_RANGES[name]
  const used = Math.min(Math.max(value, min), max)
  const warnings = used === value ? [] : [adjusted(name, { asked: `${value}`, used: `${used}` })]
  return { fields: { [name]: used }, warnings }
}
