/** From a parsed request to a form of Ideogram's API. */
import type { GenerateInput, Warning } from '../../core/job.ts'
import type { Size } from '../../imaging/geometry.ts'
import { sizeForResolution } from '../../imaging/geometry.ts'
import type { AdapterRequest, OutgoingCall } from '../../net/upstream/adapter.ts'
import type { FormPart } from '../../net/upstream/body.ts'
import { formBody } from '../../net/upstream/body.ts'
import type { PreparedImage } from '../../net/upstream/inputs.ts'
import { unfit } from '../../net/upstream/inputs.ts'
import { sourceRatio, wantedSize, withoutEffect } from '../../net/upstream/shape.ts'
import { chooseNearest, nearestSize, textOf } from '../choose-size.ts'
import { weightWarnings } from '../pictures.ts'
import type { Fields, Written } from './form.ts'
import { toFilePart, toTextParts, weightOf, writeCount, writeSeed } from './form.ts'
import type { IdeogramModel } from './models.ts'
import { IDEOGRAM_RATIOS, IDEOGRAM_SIZES } from './models.ts'
import { speedOf } from './prices.ts'

type Operation = 'generate' | 'remix' | 'edit' | 'reframe' | 'replace-background'
type Scene = AdapterRequest<IdeogramModel> & { operation: Operation }

/** Of all style references together, says the vendor. */
const MAX_STYLE_BYTES = 10_000_000
const UNASKED_SIZE: Size = { width: 1024, height: 1024 }
const NOTHING: Written = { fields: {}, warnings: [] }

/** @throws AfterimageError for a picture or character too many, and for styles that are too heavy */
export function toIdeogramCall(request: AdapterRequest<IdeogramModel>): OutgoingCall {
  const scene = { ...request, operation: operationOf(request) }
  const { input, operation } = scene
  const hasWords = operation !== 'reframe'
  const written = [writeStrength(scene), writeShape(scene), writeSeed(input), writeCount(input)]
  const fields = Object.assign(
    {},
    ...written.map((part) => part.fields),
    hasWords ? { prompt: input.prompt ?? '', magic_prompt: 'OFF' } : {},
    { rendering_speed: speedOf(input).toUpperCase() },
  ) as Fields
  const files = fileParts(scene)
  return {
    path: `/v1/ideogram-v3/${operation}`,
    body: formBody([...files.parts, ...toTextParts(fields)]),
    warnings: [
      ...written.flatMap(({ warnings }) => warnings),
      ...(operation === 'generate' ? idleMask(scene) : []),
      ...weightWarnings(files.used, 'Ideogram'),
    ],
  }
}

function operationOf({ model, images }: AdapterRequest<IdeogramModel>): Operation {
  if (model.task !== 'paint') return model.task
  if (!images.some(({ input }) => input.role === 'source')) return 'generate'
  return images.some(({ input }) => input.role === 'mask') ? 'edit' : 'remix'
}

/** Style and character references are no picture that a mask could lie on. */
function idleMask({ images }: Scene): Warning[] {
  return images
    .filter(({ input }) => input.role === 'mask')
    .map(({ input }) => withoutEffect(input.path, 'there is no picture to edit under it'))
}

function writeStrength({ input, operation }: Scene): Written {
  if (input.strength === null) return NOTHING
  if (operation !== 'remix')
    return { fields: {}, warnings: [withoutEffect('strength', 'only a remix has a strength')] }
  return { fields: { image_weight: weightOf(input.strength) }, warnings: [] }
}

/** A remix crops the picture to a square unless told otherwise, so an open shape becomes that of the picture. */
function writeShape({ input, operation }: Scene): Written {
  if (operation === 'edit' || operation === 'replace-background')
    return { fields: {}, warnings: lostShape(input) }
  const named = IDEOGRAM_RATIOS.find((ratio) => ratio === input.aspectRatio)
  if (named !== undefined && operation !== 'reframe' && wantedSize(input) === null)
    return { fields: { aspect_ratio: named.replace(':', 'x') }, warnings: [] }
  const { size, warnings } = chooseNearest(input, (wanted) => nearestSize(IDEOGRAM_SIZES, wanted))
  const used = size ?? (operation === 'generate' ? null : sizeLike(input))
  return { fields: used === null ? {} : { resolution: textOf(used) }, warnings }
}

/** The vendor's size whose shape is nearest to the picture's. */
function sizeLike(input: GenerateInput): Size {
  const wanted = sizeForResolution('1K', sourceRatio(input) ?? 1)
  return wanted === null ? UNASKED_SIZE : nearestSize(IDEOGRAM_SIZES, wanted)
}

function lostShape(input: GenerateInput): Warning[] {
  const wanted = wantedSize(input)
  const paths = [
    ...(wanted === null ? [] : [wanted.path]),
    ...(wanted?.path === 'width' && input.height !== null ? ['height'] : []),
    ...(input.aspectRatio === null ? [] : ['aspect_ratio']),
  ]
  return paths.map((path) => withoutEffect(path, 'the result is as large as the picture'))
}

type Files = { parts: readonly FormPart[]; used: readonly PreparedImage[] }

function fileParts({ images, operation }: Scene): Files {
  const ofRole = (...roles: readonly string[]): PreparedImage[] =>
    images.filter(({ input }) => roles.includes(input.role))
  const sources = ofRole('source')
  const styles = ofRole('style', 'style_reference')
  const characters = operation === 'reframe' || operation === 'replace-background' ? [] : ofRole('character')
  assertOne(sources, 'picture to work on')
  assertOne(characters, 'character')
  assertStyles(styles)
  const used = [...sources, ...styles, ...characters]
  return {
    parts: [
      ...sources.map((image) => toFilePart(image, 'image')),
      ...(operation === 'edit' ? ofRole('mask').map((image) => toFilePart(image, 'mask')) : []),
      ...styles.map((image) => toFilePart(image, 'style_reference_images')),
      ...characters.map((image) => toFilePart(image, 'character_reference_images')),
    ],
    used,
  }
}

function assertOne([, surplus]: readonly PreparedImage[], what: string): void {
  if (surplus !== undefined) throw unfit(surplus.input, `Ideogram takes one ${what}`)
}

function assertStyles(styles: readonly PreparedImage[]): void {
  const bytes = styles.reduce((sum, style) => sum + style.bytes, 0)
  const [first] = styles
  if (first !== undefined && bytes > MAX_STYLE_BYTES)
    throw unfit(
      first.input,
      `the style references have ${bytes} bytes; Ideogram takes ${MAX_STYLE_BYTES} in all`,
    )
}
