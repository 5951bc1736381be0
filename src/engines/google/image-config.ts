/** The `imageConfig` of Gemini: an aspect ratio and a class of size instead of pixels. */
import type { GenerateInput, Warning } from '../../core/job.ts'
import { parseAspectRatio } from '../../imaging/geometry.ts'
import { adjusted, nearestRatio, wantedSize, withoutEffect } from '../../net/upstream/shape.ts'
import type { WantedSize } from '../../net/upstream/shape.ts'
import type { GoogleModel } from './models.ts'

export type ImageConfig = { aspectRatio?: string; imageSize?: string }
/** Null leaves the shape to the model, which then follows the first image. */
export type ChosenConfig = { config: ImageConfig | null; warnings: readonly Warning[] }

/** Side of a square of the class. */
const SIDES: Readonly<Record<string, number>> = { '1K': 1024, '2K': 2048, '4K': 4096 }

/** `aspect_ratio` and `resolution` go before pixels, because they are what Gemini takes. */
export function chooseConfig(input: GenerateInput, model: GoogleModel): ChosenConfig {
  const wanted = wantedSize(input)
  const named = namedRatio(input, model)
  const fromPixels = wanted === null ? null : fromSize(wanted, model)
  const aspectRatio = named.value ?? fromPixels?.aspectRatio
  const imageSize = namedSize(input, model) ?? fromPixels?.imageSize
  const config: ImageConfig = {
    ...(aspectRatio === undefined ? {} : { aspectRatio }),
    ...(imageSize === undefined ? {} : { imageSize }),
  }
  return {
    config: Object.keys(config).length === 0 ? null : config,
    warnings: [...named.warnings, ...pixelWarnings(wanted, { input, model, config })],
  }
}

function namedRatio(
  { aspectRatio }: GenerateInput,
  { ratios }: GoogleModel,
): { value: string | null; warnings: readonly Warning[] } {
  if (aspectRatio === null || ratios.includes(aspectRatio)) return { value: aspectRatio, warnings: [] }
  const ratio = parseAspectRatio(aspectRatio)
  if (ratio === null)
    return { value: null, warnings: [withoutEffect('aspect_ratio', `allowed: ${ratios.join(', ')}`)] }
  const value = nearestRatio(ratio, ratios)
  return { value, warnings: [adjusted('aspect_ratio', { asked: aspectRatio, used: value })] }
}

function namedSize({ resolution }: GenerateInput, { sizes }: GoogleModel): string | null {
  return resolution !== null && sizes.includes(resolution) ? resolution : null
}

function fromSize({ width, height }: WantedSize, { ratios, sizes }: GoogleModel): ImageConfig {
  const aspectRatio = nearestRatio(width / height, ratios)
  const side = Math.sqrt(width * height)
  const distance = (name: string): number => Math.abs(Math.log((SIDES[name] ?? 1) / side))
  const [first] = sizes
  if (first === undefined) return { aspectRatio }
  const imageSize = sizes.reduce((best, name) => (distance(name) < distance(best) ? name : best), first)
  return { aspectRatio, imageSize }
}

/** Exact pixels cannot be asked for; only a square that matches its class comes out as asked. */
function pixelWarnings(
  wanted: WantedSize | null,
  { input, model, config }: { input: GenerateInput; model: GoogleModel; config: ImageConfig },
): Warning[] {
  if (wanted === null) return []
  const isOverruled = input.aspectRatio !== null && (input.resolution !== null || model.sizes.length === 0)
  if (isOverruled)
    return [withoutEffect(wanted.path, '`aspect_ratio` and `resolution` say the size on this engine')]
  const side = SIDES[config.imageSize ?? '1K']
  const isExact = config.aspectRatio === '1:1' && wanted.width === side && wanted.height === side
  const used = [config.aspectRatio, config.imageSize].filter((word) => word !== undefined).join(' in ')
  return isExact ? [] : [adjusted(wanted.path, { asked: `${wanted.width}x${wanted.height}`, used })]
}
