/** From a parsed request back to the wire that it came from, with the images uploaded as assets. */
import { z } from 'zod'
import { AfterimageError } from '../../core/errors.ts'
import type { GenerateInput, Warning } from '../../core/job.ts'
import type { AdapterRequest, OutgoingCall } from '../../net/upstream/adapter.ts'
import { formBody, jsonBody } from '../../net/upstream/body.ts'
import type { SendFree } from '../../net/upstream/follow.ts'
import { fitSize } from '../../net/upstream/fit-size.ts'
import type { PreparedImage } from '../../net/upstream/inputs.ts'
import { mediaTypeOf } from '../../net/upstream/inputs.ts'
import { adjusted, nearestRatio, sourceRatio, withoutEffect } from '../../net/upstream/shape.ts'
import type { UploadedImage } from './images.ts'
import { writeImages } from './images.ts'
import type { KreaField, KreaModel } from './models.ts'
import { nameOfFormat } from './models.ts'

type Size = { width: number; height: number }

const ASSET = z.object({ image_url: z.string().min(1) })
const DEFAULT_SIDE = 1024

export async function toKreaCall(
  { input, model, images }: AdapterRequest<KreaModel>,
  send: SendFree,
): Promise<OutgoingCall> {
  const { fields } = model
  const size = sizeWithin(fields, input)
  const values = new Map(fields.map((field) => [field.name, valueOf(field, { input, size })]))
  const warnings: Warning[] = adjustedSize(size, input)
  const body: Record<string, unknown> = {}
  for (const field of fields) {
    const value = values.get(field.name) ?? (field.required === false ? undefined : fallbackOf(field, input))
    if (value === undefined) continue
    const fitting = fitChoice(field, value, input)
    body[field.name] = fitting
    if (fitting !== value)
      warnings.push(adjusted(field.name, { asked: JSON.stringify(value), used: String(fitting) }))
  }
  warnings.push(...overruled(input, values), ...compressionWarnings(input, fields))
  const uploads: UploadedImage[] = []
  for (const image of images.filter((candidate) => candidate.input.role !== 'mask'))
    uploads.push({ image, url: await upload(image, send) })
  return { path: model.path, body: jsonBody({ ...body, ...writeImages(fields, uploads) }), warnings }
}

/** What the caller set. Undefined for images, and for a name that another field stands for. */
function valueOf(field: KreaField, { input, size }: { input: GenerateInput; size: Size | null }): unknown {
  if (field.role !== undefined || field.sameAs !== undefined) return undefined
  const { outputFormat } = input.options
  if (field.name === 'output_format' && outputFormat !== null) return nameOfFormat(field, outputFormat)
  if (size !== null && field.name === 'width') return size.width
  if (size !== null && field.name === 'height') return size.height
  return input.fields[field.name] ?? memberOf(field.name, input)
}

/** `afterimage.size` is held to no model's limits when it is read, but Krea holds its fields to them. */
function sizeWithin(fields: readonly KreaField[], { options }: GenerateInput): Size | null {
  const { size } = options
  const limits = fields.find(({ name }) => name === 'width')
  if (size === null || limits === undefined) return size
  return fitSize(size, { step: 1, minSide: limits.min ?? 1, maxSide: limits.max ?? Infinity })
}

function adjustedSize(used: Size | null, { options: { size } }: GenerateInput): Warning[] {
  if (size === null || used === null || (size.width === used.width && size.height === used.height)) return []
  const text = ({ width, height }: Size): string => `${width}x${height}`
  return [adjusted('afterimage.size', { asked: text(size), used: text(used) })]
}

function memberOf(name: string, input: GenerateInput): unknown {
  const members: Readonly<Record<string, unknown>> = {
    prompt: input.prompt,
    width: input.width,
    height: input.height,
    aspect_ratio: input.aspectRatio,
    resolution: input.resolution,
    strength: input.strength,
    denoising_strength: input.strength,
    // A seed that we drew ourselves is left out: it would promise a repeatability that nobody asked for.
    seed: input.isSeedGiven ? input.seed : null,
  }
  return (Object.hasOwn(members, name) ? members[name] : null) ?? undefined
}

/** Krea requires more than we do of our callers. */
function fallbackOf(field: KreaField, input: GenerateInput): unknown {
  if (field.role !== undefined) return undefined
  if (field.default !== undefined) return field.default
  if (field.name === 'aspect_ratio') return nearestRatio(sourceRatio(input) ?? 1, field.values ?? ['1:1'])
  if (field.name === 'width') return input.images[0]?.info.width ?? DEFAULT_SIDE
  if (field.name === 'height') return input.images[0]?.info.height ?? DEFAULT_SIDE
  return field.values?.[0]
}

function fitChoice({ name, values }: KreaField, value: unknown, input: GenerateInput): unknown {
  if (values === undefined || typeof value !== 'string' || values.includes(value)) return value
  return name === 'aspect_ratio' ? nearestRatio(sourceRatio(input) ?? 1, values) : values[0]
}

/** `afterimage` options that stand in for fields which the caller set too. */
function overruled({ fields, options }: GenerateInput, values: ReadonlyMap<string, unknown>): Warning[] {
  const pairs = [
    ['width', 'afterimage.size', options.size !== null],
    ['height', 'afterimage.size', options.size !== null],
    ['output_format', 'afterimage.output_format', options.outputFormat !== null],
  ] as const
  return pairs
    .filter(([name, , isSet]) => isSet && name in fields && values.get(name) !== fields[name])
    .map(([name, option]) => withoutEffect(name, `\`${option}\` says something else`))
}

/** Where the model has a `quality` of its own, the plan takes ours for that one. */
function compressionWarnings({ options }: GenerateInput, fields: readonly KreaField[]): Warning[] {
  const isMistaken = options.quality !== null && fields.some(({ name }) => name === 'quality')
  return isMistaken ? [withoutEffect('afterimage.quality', 'Krea chooses the compression')] : []
}

async function upload({ path, bytes, format }: PreparedImage, send: SendFree): Promise<string> {
  const file = { name: 'file', filename: `image.${format}`, contentType: mediaTypeOf(format) }
  const body = formBody([{ ...file, content: { path, bytes } }])
  const parsed = ASSET.safeParse((await send({ method: 'POST', path: '/assets', body })).json)
  if (!parsed.success)
    throw new AfterimageError('engine_failed', 'Krea took an upload, but did not say where it lies.')
  return parsed.data.image_url
}
