/** From the size fields of a request to what an upstream takes: pixels within limits, or one of its named shapes. */
import type { GenerateInput, Warning } from '../core/job.ts'
import type { Size } from '../imaging/geometry.ts'
import { parseAspectRatio, sizeForResolution } from '../imaging/geometry.ts'
import type { SizeLimits } from '../net/upstream/fit-size.ts'
import { fitSize } from '../net/upstream/fit-size.ts'
import type { WantedSize } from '../net/upstream/shape.ts'
import { adjusted, nearestRatio, sourceRatio, wantedSize, withoutEffect } from '../net/upstream/shape.ts'

/** Null leaves the size to the upstream. */
export type ChosenPixels = { size: Size | null; warnings: readonly Warning[] }
/** Null leaves the shape to the upstream. */
export type ChosenRatio = { ratio: string | null; warnings: readonly Warning[] }

const DEFAULT_RESOLUTION = '1K'

/** Exact pixels go before `aspect_ratio` and `resolution`, each of which may be left open. */
export function choosePixels(input: GenerateInput, limits: SizeLimits): ChosenPixels {
  return chooseNearest(input, (wanted) => fitSize(wanted, limits))
}

/** The same for an upstream that makes other sizes than those within limits. @param nearest the size that it makes */
export function chooseNearest(input: GenerateInput, nearest: (wanted: Size) => Size): ChosenPixels {
  const exact = wantedSize(input)
  const wanted = exact ?? namedSize(input)
  if (wanted === null) return { size: null, warnings: [] }
  const { width, height } = nearest(wanted)
  const isAsked = width === wanted.width && height === wanted.height
  const losers = exact === null ? [] : shapeFields(input)
  return {
    size: { width, height },
    warnings: [
      ...(isAsked ? [] : [adjusted(wanted.path, { asked: textOf(wanted), used: textOf({ width, height }) })]),
      ...losers.map((field) => withoutEffect(field, `\`${wanted.path}\` says the size`)),
    ],
  }
}

/** A wrong shape is worse than a wrong number of pixels. */
const SHAPE_WEIGHT = 4

/** Of an upstream's fixed sizes the one that is nearest in shape, then in pixels. @param sizes at least one */
export function nearestSize(sizes: readonly Size[], wanted: Size): Size {
  const distance = ({ width, height }: Size): number => {
    const shape = Math.abs(Math.log((width * wanted.height) / (height * wanted.width)))
    const pixels = Math.abs(Math.log((width * height) / (wanted.width * wanted.height)))
    return SHAPE_WEIGHT * shape + pixels
  }
  return sizes.reduce((best, size) => (distance(size) < distance(best) ? size : best))
}

/** What an upstream with named shapes makes: the shapes, and the side in pixels of its square. */
export type NamedShapes = { ratios: readonly string[]; side: number }

/** The name goes before pixels, because it is what the upstream takes. */
export function chooseRatio(input: GenerateInput, shapes: NamedShapes): ChosenRatio {
  const wanted = wantedSize(input)
  if (input.aspectRatio === null) return wanted === null ? NOTHING_ASKED : ratioOfPixels(wanted, shapes)
  const overruled = wanted === null ? [] : [withoutEffect(wanted.path, '`aspect_ratio` says the shape')]
  const value = parseAspectRatio(input.aspectRatio)
  if (value === null) {
    const allowed = withoutEffect('aspect_ratio', `allowed: ${shapes.ratios.join(', ')}`)
    return { ratio: null, warnings: [allowed, ...overruled] }
  }
  const ratio = nearestRatio(value, shapes.ratios)
  const isSame = parseAspectRatio(ratio) === value
  const warnings = isSame ? [] : [adjusted('aspect_ratio', { asked: input.aspectRatio, used: ratio })]
  return { ratio, warnings: [...warnings, ...overruled] }
}

/** `1536x864`. */
export function textOf({ width, height }: Size): string {
  return `${width}x${height}`
}

const NOTHING_ASKED: ChosenRatio = { ratio: null, warnings: [] }

/** Only a square of its own size comes out as asked; how an upstream rounds the others is not published. */
function ratioOfPixels(wanted: WantedSize, { ratios, side }: NamedShapes): ChosenRatio {
  const ratio = nearestRatio(wanted.width / wanted.height, ratios)
  const isExact = ratio === '1:1' && wanted.width === side && wanted.height === side
  const used = `${ratio} with about ${textOf({ width: side, height: side })} pixels`
  return { ratio, warnings: isExact ? [] : [adjusted(wanted.path, { asked: textOf(wanted), used })] }
}

function namedSize(input: GenerateInput): WantedSize | null {
  const [path] = shapeFields(input)
  if (path === undefined) return null
  const named = input.aspectRatio === null ? null : parseAspectRatio(input.aspectRatio)
  const size = sizeForResolution(input.resolution ?? DEFAULT_RESOLUTION, named ?? sourceRatio(input) ?? 1)
  return size === null ? null : { ...size, path }
}

function shapeFields({ aspectRatio, resolution }: GenerateInput): string[] {
  return [...(resolution === null ? [] : ['resolution']), ...(aspectRatio === null ? [] : ['aspect_ratio'])]
}
