/** Decides the size of a result before any pixel is made; pure, so that parent and child agree. */
import { AfterimageError } from '../../../core/errors.ts'
import type { GenerateInput } from '../../../core/job.ts'
import { MAX_OUTPUT_SIDE } from '../../../core/output-limits.ts'
import {
  cropBox,
  fitPixels,
  parseAspectRatio,
  ratioOf,
  scaleBy,
  sizeForResolution,
  type Size,
} from '../../../imaging/geometry.ts'

/** `WIDTHxHEIGHT`, the way some models write a resolution. */
const EXACT_RESOLUTION = /^(\d{1,5})\s*[x×]\s*(\d{1,5})$/iu

type Named = { width: number | null; height: number | null }

/**
 * `size` option, else width and height (one of them keeps the aspect), else aspect ratio and resolution, else the
 * scale, else the size of the source. Without a resolution a new aspect is the largest box inside the source.
 */
export function outputSize(input: GenerateInput, source: Size): Size {
  const named: Named = input.options.size ?? input
  const ratio = askedRatio(input)
  const exact = sizeFromSides(named, ratio ?? ratioOf(source))
  if (exact !== null) return exact
  const resolved = sizeFromResolution(input.resolution, ratio ?? ratioOf(source))
  if (resolved !== null) return resolved
  const { width, height } = ratio === null ? source : cropBox(source, ratio)
  return scaleBy({ width, height }, input.scale ?? 1)
}

/** The size of a card: as asked, else about a megapixel, Krea's own default where a model asks for no size. */
export function cardSize(input: GenerateInput): Size {
  return outputSize({ ...input, resolution: input.resolution ?? '1K' }, { width: 1024, height: 1024 })
}

/** The size of an enlargement: exact, one side by the aspect, or by the factor. */
export function upscaleSize(asked: Named & { scale: number }, source: Size): Size {
  return sizeFromSides(asked, ratioOf(source)) ?? scaleBy(source, asked.scale)
}

/** Whether the request decides the size at all, or leaves it to the source and the instruction. */
export function hasAskedSize(input: GenerateInput): boolean {
  const { width, height, resolution, scale } = input
  const isSized = [input.options.size, width, height, resolution, scale].some((value) => value !== null)
  return isSized || askedRatio(input) !== null
}

/** One side from the other by the aspect; null when neither is given. */
function sizeFromSides({ width, height }: Named, ratio: number): Size | null {
  if (width === null && height === null) return null
  return {
    width: Math.max(1, Math.round(width ?? (height ?? 1) * ratio)),
    height: Math.max(1, Math.round(height ?? (width ?? 1) / ratio)),
  }
}

function askedRatio({ aspectRatio }: GenerateInput): number | null {
  return aspectRatio === null ? null : parseAspectRatio(aspectRatio)
}

function sizeFromResolution(resolution: string | null, ratio: number): Size | null {
  if (resolution === null) return null
  const exact = EXACT_RESOLUTION.exec(resolution.trim())
  if (exact !== null) return { width: Number(exact[1]), height: Number(exact[2]) }
  return sizeForResolution(resolution, ratio)
}

/**
 * Refuses what would take minutes and gigabytes, before work begins.
 * @throws AfterimageError `engine_rejected` naming the largest size of this aspect that is possible
 */
export function assertOutputSize(size: Size, maxPixels: number): void {
  const isTooLong = Math.max(size.width, size.height) > MAX_OUTPUT_SIDE
  if (!isTooLong && size.width * size.height <= maxPixels) return
  const most = fitPixels(size, maxPixels)
  const largest = scaleBy(most, Math.min(1, MAX_OUTPUT_SIDE / Math.max(most.width, most.height)))
  throw new AfterimageError(
    'engine_rejected',
    `A result of ${size.width} x ${size.height} is more than the built-in engine makes (${MAX_OUTPUT_SIDE} pixels a side, ` +
      `${Math.floor(maxPixels / 1e6)} megapixels); the largest of this aspect is ${largest.width} x ${largest.height}.`,
  )
}
