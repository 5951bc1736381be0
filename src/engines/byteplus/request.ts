/** From a parsed request to a call of ModelArk's image API. */
import type { GenerateInput, Warning } from '../../core/job.ts'
import type { AdapterRequest, OutgoingCall } from '../../net/upstream/adapter.ts'
import { jsonBody } from '../../net/upstream/body.ts'
import type { PreparedImage } from '../../net/upstream/inputs.ts'
import { unfit } from '../../net/upstream/inputs.ts'
import { adjusted } from '../../net/upstream/shape.ts'
import { choosePixels, textOf } from '../choose-size.ts'
import { toDataUri } from '../image-text.ts'
import { weightWarnings, withoutMask } from '../pictures.ts'
import type { ArkModel } from './models.ts'

type Written = { fields: Readonly<Record<string, unknown>>; warnings: readonly Warning[] }

/** Without a size the model finds one of this class that suits the images; the vendor would make a square. */
const UNASKED_SIZE = '2K'
const MIN_INPUT_SIDE = 15
const MAX_INPUT_PIXELS = 36_000_000
const MAX_SEED = 2 ** 31 - 1

/** @throws AfterimageError for an image that the vendor would refuse */
export async function toArkCall({ input, model, images }: AdapterRequest<ArkModel>): Promise<OutgoingCall> {
  const pictures = withoutMask(images)
  assertPictures(pictures, model)
  const size = writeSize(input, model)
  const third = writeThirdGeneration(input, model)
  const body = {
    model: model.upstream,
    prompt: input.prompt ?? '',
    ...(await writeImages(pictures)),
    ...size.fields,
    ...third.fields,
    ...(model.isSequential ? { sequential_image_generation: 'disabled' } : {}),
    ...writeFormat(input, model),
    response_format: 'url',
    // The vendor's default is a mark in the corner.
    watermark: false,
    ...(model.isSequential ? { stream: false } : {}),
  }
  return {
    path: '/images/generations',
    body: jsonBody(body),
    warnings: [...size.warnings, ...third.warnings, ...weightWarnings(pictures, 'BytePlus')],
  }
}

function assertPictures(
  pictures: readonly PreparedImage[],
  { upstream, maxImages, maxInputRatio, size }: ArkModel,
): void {
  const surplus = pictures[maxImages]
  if (surplus !== undefined) throw unfit(surplus.input, `${upstream} takes at most ${maxImages} images`)
  for (const { input, format } of pictures) {
    const { width, height } = input.info
    const found = `the image is ${textOf(input.info)}; ${upstream} takes`
    if (Math.min(width, height) < MIN_INPUT_SIDE)
      throw unfit(input, `${found} sides from ${MIN_INPUT_SIDE} pixels on`)
    if (width * height > MAX_INPUT_PIXELS) throw unfit(input, `${found} at most ${MAX_INPUT_PIXELS} pixels`)
    if (Math.max(width / height, height / width) > maxInputRatio)
      throw unfit(input, `${found} proportions up to ${maxInputRatio}:1`)
    if (size === 'adaptive' && format === 'webp')
      throw unfit(input, `found webp; ${upstream} takes png and jpeg`)
  }
}

/** One image stands alone, several in a list. */
async function writeImages(pictures: readonly PreparedImage[]): Promise<{ image?: string | string[] }> {
  const uris: string[] = []
  for (const picture of pictures) uris.push(await toDataUri(picture))
  const [first, ...others] = uris
  if (first === undefined) return {}
  return { image: others.length === 0 ? first : uris }
}

function writeSize(input: GenerateInput, { size: limits }: ArkModel): Written {
  if (limits === 'adaptive') return { fields: { size: 'adaptive' }, warnings: [] }
  const { size, warnings } = choosePixels(input, limits)
  return { fields: { size: size === null ? UNASKED_SIZE : textOf(size) }, warnings }
}

function writeThirdGeneration(input: GenerateInput, { thirdGeneration }: ArkModel): Written {
  if (thirdGeneration === undefined) return { fields: {}, warnings: [] }
  const guidance = { guidance_scale: thirdGeneration.guidanceScale }
  // A seed that nobody asked for would promise a repeatability that nobody asked for.
  if (!input.isSeedGiven) return { fields: guidance, warnings: [] }
  const seed = input.seed % (MAX_SEED + 1)
  const isSame = seed === input.seed
  return {
    fields: { seed, ...guidance },
    warnings: isSame ? [] : [adjusted('seed', { asked: `${input.seed}`, used: `${seed}` })],
  }
}

/** A format that the model lacks was warned of when planned. */
function writeFormat({ options }: GenerateInput, { formats }: ArkModel): { output_format?: string } {
  const format = formats.find((known) => known === options.outputFormat)
  return format === undefined ? {} : { output_format: format }
}
