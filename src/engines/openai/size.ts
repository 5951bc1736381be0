/** The `size` of OpenAI's images API. */
import type { GenerateInput, Warning } from '../../core/job.ts'
import type { Size } from '../../imaging/geometry.ts'
import { parseAspectRatio, sizeForResolution } from '../../imaging/geometry.ts'
import { adjusted, sourceRatio, wantedSize, withoutEffect } from '../../net/upstream/shape.ts'

/** Limits of gpt-image-2 and newer. */
export const EXACT_LIMITS = { step: 16, maxRatio: 3, minPixels: 655_360, maxPixels: 8_294_400, maxSide: 3840 }
const DEFAULT_RESOLUTION = '1K'

/** Null leaves the size to the model, which then follows the first image. */
export type ChosenSize = { size: Size | null; warnings: readonly Warning[] }

export function chooseSize(input: GenerateInput): ChosenSize {
  const wanted = wantedSize(input)
  if (wanted === null) return { size: sizeOfShape(input), warnings: [] }
  const size = fitExact(wanted)
  const isExact = size.width === wanted.width && size.height === wanted.height
  return {
    size,
    warnings: [
      ...(isExact ? [] : [adjusted(wanted.path, { asked: textOf(wanted), used: textOf(size) })]),
      ...shapeFields(input).map((field) => withoutEffect(field, `\`${wanted.path}\` says the size`)),
    ],
  }
}

/** `1536x864`. */
export function textOf({ width, height }: Size): string {
  return `${width}x${height}`
}

/** From `aspect_ratio` and `resolution`, each of which may be left open. */
function sizeOfShape(input: GenerateInput): Size | null {
  if (shapeFields(input).length === 0) return null
  const ratio =
    (input.aspectRatio === null ? null : parseAspectRatio(input.aspectRatio)) ?? sourceRatio(input) ?? 1
  const size = sizeForResolution(input.resolution ?? DEFAULT_RESOLUTION, ratio)
  return size === null ? null : fitExact(size)
}

function shapeFields({ aspectRatio, resolution }: GenerateInput): string[] {
  return [...(aspectRatio === null ? [] : ['aspect_ratio']), ...(resolution === null ? [] : ['resolution'])]
}

/** The allowed size nearest in aspect, then in pixels. */
export function fitExact(wanted: Size): Size {
  const { maxRatio, minPixels, maxPixels, maxSide, step } = EXACT_LIMITS
  const ratio = clamp(wanted.width / wanted.height, 1 / maxRatio, maxRatio)
  const pixels = clamp(wanted.width * wanted.height, minPixels, maxPixels)
  const long = Math.min(Math.sqrt(pixels * Math.max(ratio, 1 / ratio)), maxSide)
  const short = long / Math.max(ratio, 1 / ratio)
  return correct({ long: toStep(long, step), short: toStep(short, step) }, ratio >= 1)
}

/** Rounding to the step may cross a limit by one step. */
function correct(sides: { long: number; short: number }, isWide: boolean): Size {
  const { maxRatio, minPixels, maxPixels, step } = EXACT_LIMITS
  let { long, short } = sides
  if (long * short < minPixels) short += step
  if (long * short > maxPixels) short -= step
  if (long > short * maxRatio) long = toStep(short * maxRatio - step / 2, step)
  if (long * short < minPixels) short += step
  return isWide ? { width: long, height: short } : { width: short, height: long }
}

function toStep(value: number, step: number): number {
  return Math.round(value / step) * step
}

function clamp(value: number, min: number, max: number): number {
  return Math.min(Math.max(value, min), max)
}
