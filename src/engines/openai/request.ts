/** From a parsed request to a call of OpenAI's images API. */
import type { GenerateInput, Warning } from '../../core/job.ts'
import { PREVIEWS_PATH } from '../../core/previews.ts'
import type { FormPart } from '../../net/upstream/body.ts'
import { formBody, jsonBody } from '../../net/upstream/body.ts'
import type { PreparedImage } from '../../net/upstream/inputs.ts'
import { mediaTypeOf, unfit } from '../../net/upstream/inputs.ts'
import { adjusted, withoutEffect } from '../../net/upstream/shape.ts'
import type { AdapterRequest, OutgoingCall } from '../../net/upstream/adapter.ts'
import type { OpenAiModel } from './models.ts'
import { MAX_COUNT, qualityOf } from './models.ts'
import { chooseSize, textOf } from './size.ts'

type Scalars = Readonly<Record<string, string | number | boolean>>
type Written = { scalars: Scalars; warnings: readonly Warning[] }

const MAX_MASK_BYTES = 4 * 1024 * 1024
/** The only strength that the API can express: an image counts, or it is not there. */
const PLAIN_STRENGTH = 1
const ONE_IMAGE = 'the images API sends previews for one result at a time'

/** Previews to ask for; the vendor makes up to 3, and charges 100 output tokens for each. */
export const PARTIAL_IMAGES = 2

/** How many previews a request can have: a stream carries one image, and two would come without a word of which is which. */
export function partialsOf({ count }: Pick<GenerateInput, 'count'>): number {
  return count === 1 ? PARTIAL_IMAGES : 0
}

export function toOpenAiCall({
  input,
  model,
  images,
  arePreviewsTaken,
}: AdapterRequest<OpenAiModel>): OutgoingCall {
  const { scalars, warnings } = writeScalars(input, model)
  const partials = arePreviewsTaken ? partialsOf(input) : 0
  const isStream = partials > 0
  const all: Scalars = isStream ? { ...scalars, stream: true, partial_images: partials } : scalars
  const pictures = inOrder(images)
  const call =
    pictures.length === 0
      ? { path: '/images/generations', body: jsonBody(all) }
      : { path: '/images/edits', body: formBody([...toParts(all), ...fileParts(images, pictures)]) }
  const unshown = arePreviewsTaken && !isStream ? [withoutEffect(PREVIEWS_PATH, ONE_IMAGE)] : []
  return { ...call, isStream, warnings: [...warnings, ...strengthWarnings(pictures), ...unshown] }
}

function writeScalars(input: GenerateInput, model: OpenAiModel): Written {
  const drawn = writeDrawing(input, model)
  const count = Math.min(input.count, MAX_COUNT)
  return {
    scalars: { model: model.upstream, prompt: input.prompt ?? '', n: count, ...drawn.scalars },
    warnings: [
      ...drawn.warnings,
      ...(count === input.count ? [] : [adjusted('count', { asked: `${input.count}`, used: `${count}` })]),
    ],
  }
}

/** Size, quality, background and format, which the images API and the image tool of the Responses API name alike. */
export function writeDrawing(input: GenerateInput, model: OpenAiModel): Written {
  const { size, warnings } = chooseSize(input)
  const output = writeOutput(input)
  const { background } = input.fields
  const quality = qualityOf(input, model)
  return {
    scalars: {
      ...(size === null ? {} : { size: textOf(size) }),
      ...(quality === null ? {} : { quality }),
      ...(typeof background === 'string' ? { background } : {}),
      ...output.scalars,
    },
    warnings: [...warnings, ...output.warnings],
  }
}

/** `afterimage.output_format` and `afterimage.quality`; a format that the API lacks was warned of when planned. */
function writeOutput({ options, fields }: GenerateInput): Written {
  const named = options.outputFormat ?? fields.output_format
  const format = named === 'jpg' ? 'jpeg' : named
  const isKnown = format === 'png' || format === 'jpeg' || format === 'webp'
  const scalars = isKnown ? { output_format: format } : {}
  if (options.quality === null) return { scalars, warnings: [] }
  if (format === 'jpeg' || format === 'webp')
    return { scalars: { ...scalars, output_compression: options.quality }, warnings: [] }
  const reason = 'the upstream sends PNG, which is lossless, unless output_format is jpeg or webp'
  return { scalars, warnings: [withoutEffect('afterimage.quality', reason)] }
}

/** Sources first: the mask belongs to the first image. */
function inOrder(images: readonly PreparedImage[]): PreparedImage[] {
  const pictures = images.filter(({ input }) => input.role !== 'mask')
  return [
    ...pictures.filter(({ input }) => input.role === 'source'),
    ...pictures.filter(({ input }) => input.role !== 'source'),
  ]
}

function toParts(scalars: Scalars): FormPart[] {
  return Object.entries(scalars).map(([name, value]) => ({ name, value: String(value) }))
}

function fileParts(images: readonly PreparedImage[], pictures: readonly PreparedImage[]): FormPart[] {
  const name = pictures.length === 1 ? 'image' : 'image[]'
  const mask = images.find(({ input }) => input.role === 'mask')
  if (mask !== undefined) assertMask(mask)
  return [
    ...pictures.map((image, index) => toFilePart(image, { name, stem: `image-${index}` })),
    ...(mask === undefined ? [] : [toFilePart(mask, { name: 'mask', stem: 'mask' })]),
  ]
}

function toFilePart(image: PreparedImage, { name, stem }: { name: string; stem: string }): FormPart {
  const { format, path, bytes } = image
  return {
    name,
    filename: `${stem}.${format}`,
    contentType: mediaTypeOf(format),
    content: { path, bytes },
  }
}

/** The API's own rules, checked before anything is sent. @throws AfterimageError */
export function assertMask(mask: PreparedImage): void {
  if (mask.format !== 'png') throw unfit(mask.input, `found ${mask.format}; the mask must be a PNG`)
  if (mask.bytes > MAX_MASK_BYTES)
    throw unfit(mask.input, `the mask has ${mask.bytes} bytes; at most ${MAX_MASK_BYTES} are allowed`)
}

function strengthWarnings(pictures: readonly PreparedImage[]): Warning[] {
  return pictures
    .filter(({ input }) => input.strength !== null && input.strength !== PLAIN_STRENGTH)
    .map(({ input }) =>
      withoutEffect(
        input.path.replace(/\.url$/u, '.strength'),
        'the images API gives all images the same weight',
      ),
    )
}
