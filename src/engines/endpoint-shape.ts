/** How an endpoint is told the shape of the result. */
import type { GenerateInput, Warning } from '../core/job.ts'
import type { Size } from '../imaging/geometry.ts'
import { parseAspectRatio } from '../imaging/geometry.ts'
import type { SizeLimits } from '../net/upstream/fit-size.ts'
import { adjusted, nearestRatio, wantedSize, withoutEffect } from '../net/upstream/shape.ts'
import { choosePixels } from './choose-size.ts'

export type ShapeRule =
  /** The result has the size of the source. */
  | { kind: 'source' }
  /** One of some aspect ratios, and perhaps one of some classes of size. */
  | { kind: 'ratio'; field: string; values: readonly string[]; classes?: ClassRule }
  /** Pixels. */
  | { kind: 'pixels'; limits: SizeLimits; write: (size: Size) => Body }
  /** A multiple of the source. */
  | { kind: 'factor'; field: string; max: number }

type ClassRule = { field: string; values: readonly string[] }
type Body = Readonly<Record<string, unknown>>
export type WrittenShape = { body: Body; warnings: readonly Warning[] }

const NOTHING: WrittenShape = { body: {}, warnings: [] }
const DEFAULT_CLASS = '1K'
/** Side of a square with as many pixels as the class. */
const SIDES: Readonly<Record<string, number>> = {
  '0.5K': 512,
  '720p': 960,
  '1K': 1024,
  '1080p': 1440,
  '2K': 2048,
  '3K': 3072,
  '4K': 4096,
}

/** An open shape stays open: the upstream then follows the source. */
export function writeShape(rule: ShapeRule, input: GenerateInput): WrittenShape {
  if (rule.kind === 'ratio') return writeRatio(rule, input)
  if (rule.kind === 'pixels') return writePixels(rule, input)
  return rule.kind === 'factor' ? writeFactor(rule, input) : NOTHING
}

/** The caller's shape fields, by wire name. */
export function usedShapeFields(input: GenerateInput): string[] {
  const { width, height, aspectRatio, resolution, options } = input
  const fields: readonly (readonly [string, unknown])[] = [
    ['width', width],
    ['height', height],
    ['aspect_ratio', aspectRatio],
    ['resolution', resolution],
    ['afterimage.size', options.size],
  ]
  return fields.filter(([, value]) => value !== null).map(([name]) => name)
}

/** Names go before pixels, because they are what the endpoint takes. */
function writeRatio(rule: Extract<ShapeRule, { kind: 'ratio' }>, input: GenerateInput): WrittenShape {
  const wanted = wantedSize(input)
  const named = namedRatio(rule.values, input)
  const ratio =
    named.value ?? (wanted === null ? null : nearestRatio(wanted.width / wanted.height, rule.values))
  const sized = chooseClass(rule.classes, input)
  const body = {
    ...(ratio === null ? {} : { [rule.field]: ratio }),
    ...(rule.classes === undefined || sized.value === null ? {} : { [rule.classes.field]: sized.value }),
  }
  const used = [ratio, sized.value].filter((word) => word !== null).join(' in ')
  const isNamed = named.value !== null && (input.resolution !== null || rule.classes === undefined)
  const pixels =
    wanted === null
      ? []
      : isNamed
        ? [withoutEffect(wanted.path, '`aspect_ratio` and `resolution` say the size on this engine')]
        : [adjusted(wanted.path, { asked: textOf(wanted), used })]
  return { body, warnings: [...named.warnings, ...sized.warnings, ...pixels] }
}

function namedRatio(
  values: readonly string[],
  { aspectRatio }: GenerateInput,
): { value: string | null; warnings: readonly Warning[] } {
  if (aspectRatio === null || values.includes(aspectRatio)) return { value: aspectRatio, warnings: [] }
  const ratio = parseAspectRatio(aspectRatio)
  if (ratio === null)
    return { value: null, warnings: [withoutEffect('aspect_ratio', `allowed: ${values.join(', ')}`)] }
  const value = nearestRatio(ratio, values)
  return { value, warnings: [adjusted('aspect_ratio', { asked: aspectRatio, used: value })] }
}

function chooseClass(
  rule: ClassRule | undefined,
  input: GenerateInput,
): { value: string | null; warnings: readonly Warning[] } {
  const { resolution } = input
  if (rule === undefined) {
    const isLost = resolution !== null && resolution !== DEFAULT_CLASS
    return {
      value: null,
      warnings: isLost ? [withoutEffect('resolution', 'this model makes one size only')] : [],
    }
  }
  if (resolution !== null && rule.values.includes(resolution)) return { value: resolution, warnings: [] }
  const wanted = wantedSize(input)
  const side = resolution === null ? wanted && Math.sqrt(wanted.width * wanted.height) : SIDES[resolution]
  if (side === null || side === undefined) return { value: null, warnings: [] }
  const distance = (name: string): number => Math.abs(Math.log((SIDES[name] ?? 1) / side))
  const value = rule.values.reduce((best, name) => (distance(name) < distance(best) ? name : best))
  return {
    value,
    warnings: resolution === null ? [] : [adjusted('resolution', { asked: resolution, used: value })],
  }
}

function writePixels(rule: Extract<ShapeRule, { kind: 'pixels' }>, input: GenerateInput): WrittenShape {
  const { size, warnings } = choosePixels(input, rule.limits)
  return { body: size === null ? {} : rule.write(size), warnings }
}

function writeFactor(rule: Extract<ShapeRule, { kind: 'factor' }>, input: GenerateInput): WrittenShape {
  const source = input.images[0]?.info
  const wanted = wantedSize(input)
  const idle = idleFactor(input)
  if (source === undefined || (input.scale === null && wanted === null)) return { body: {}, warnings: idle }
  const asked = input.scale ?? largest(wanted ?? source, source)
  const factor = Math.round(Math.min(Math.max(asked, 1), rule.max) * 1000) / 1000
  const made = { width: Math.round(source.width * factor), height: Math.round(source.height * factor) }
  const isExact = wanted === null || (wanted.width === made.width && wanted.height === made.height)
  return {
    body: { [rule.field]: factor },
    warnings: [
      ...idle,
      ...(input.scale !== null && factor !== input.scale
        ? [adjusted('image_scaling_factor', { asked: `${input.scale}`, used: `${factor}` })]
        : []),
      ...(isExact ? [] : [adjusted(wanted.path, { asked: textOf(wanted), used: textOf(made) })]),
    ],
  }
}

/** A factor and its switch mean something only together. */
function idleFactor({ fields, scale }: GenerateInput): Warning[] {
  if (scale !== null) return []
  if (typeof fields.image_scaling_factor === 'number')
    return [withoutEffect('image_scaling_factor', '`upscaling_activated` is off')]
  return fields.upscaling_activated === true
    ? [withoutEffect('upscaling_activated', 'there is no `image_scaling_factor`')]
    : []
}

function largest(wanted: Size, source: Size): number {
  return Math.max(wanted.width / source.width, wanted.height / source.height)
}

function textOf({ width, height }: Size): string {
  return `${width}x${height}`
}
