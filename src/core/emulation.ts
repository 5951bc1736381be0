/** What we do ourselves to a picture that an engine made, where the caller asked for it. Pure. */
import type { Capabilities } from './engine.ts'
import type { GenerateInput, ImageInfo, InputImage, OutputFormat, Warning } from './job.ts'
import { OUTPUT_FORMATS } from './job.ts'
import { isSizeBeyondUs } from './output-limits.ts'

/** In pixels. */
export type Size = { width: number; height: number }

/** The work that is left after the engine; null members ask for nothing. */
export type Emulation = {
  /** What lies outside the mask comes from the source, bit for bit. */
  merge: { source: InputImage; mask: InputImage } | null
  /** Exact size of the result; goes before the names. */
  size: Size | null
  /** `16:9`, where there is no exact size. */
  aspectRatio: string | null
  /** `2K`, where there is no exact size. */
  resolution: string | null
  format: OutputFormat | null
  /** Of the compression, 1 to 100. */
  quality: number | null
  /** Paths of the fields that this honours. */
  paths: readonly string[]
}

/** Why a field is done by us although the engine lacks it; null when we cannot do it either. `path` as the caller wrote it. */
export function emulatedReason(
  { field, path }: { field: string; path: string },
  input: GenerateInput,
): string | null {
  switch (field) {
    case 'mask_url':
      return hasSource(input) ? 'the result is laid over the source inside the mask only' : null
    case 'precise_edit':
      return hasMask(input) && hasSource(input) ? 'what lies outside the mask comes from the source' : null
    case 'width':
    case 'height':
    case 'size':
      return 'the result is resized'
    // Exact pixels say both, so that nothing would be done about a name beside them.
    case 'resolution':
      return isExact(input) ? null : 'the result is resized'
    case 'aspect_ratio':
      return isExact(input) ? null : 'the result is cropped'
    case 'output_format':
      return wantedFormat(input) === null ? null : 'the result is encoded anew'
    case 'quality':
      return path === 'afterimage.quality' && isLossy(wantedFormat(input))
        ? 'the result is encoded anew'
        : null
    default:
      return null
  }
}

/** @param made what the engine made, by its header; @param told what the engine could not do to the letter */
export function planEmulation(
  input: GenerateInput,
  scene: { capabilities: Pick<Capabilities, 'fields'>; told: readonly Warning[]; made: ImageInfo },
): Emulation | null {
  if (input.options.onUnsupported !== 'emulate') return null
  const { made } = scene
  const isOpen = (field: string, path = field): boolean =>
    scene.capabilities.fields[field] !== 'native' || scene.told.some((warning) => warning.path === path)
  const isPrecise = input.options.isPreciseEdit && isOpen('precise_edit', 'afterimage.precise_edit')
  const isMasked = isOpen('mask_url', 'afterimage.mask_url')
  const merge = isPrecise || isMasked ? mergeOf(input) : null
  const exact = exactSize(input, merge?.source.info ?? made)
  const isReachable = !sizePaths(input).some((path) => {
    const field = path.replace(/^afterimage\./u, '')
    return isSizeBeyondUs({ field, support: scene.capabilities.fields[field] ?? 'unsupported' }, input)
  })
  const isSized = exact !== null && isReachable && !isSame(exact, merge?.source.info ?? made)
  const aspectRatio = exact === null && isOpen('aspect_ratio') ? input.aspectRatio : null
  const resolution = exact === null && isOpen('resolution') ? input.resolution : null
  const wanted = wantedFormat(input)
  const { quality } = input.options
  const isEncoded = quality !== null && isLossy(wanted) && isOpen('quality', 'afterimage.quality')
  const isFormatOurs = wanted !== null && (wanted !== made.format || isEncoded)
  const paths = [
    ...(merge !== null && isMasked ? ['afterimage.mask_url'] : []),
    ...(merge !== null && isPrecise ? ['afterimage.precise_edit'] : []),
    ...(isSized ? sizePaths(input) : []),
    ...(aspectRatio === null ? [] : ['aspect_ratio']),
    ...(resolution === null ? [] : ['resolution']),
    ...(isFormatOurs ? [formatPath(input)] : []),
    ...(isEncoded ? ['afterimage.quality'] : []),
  ]
  if (paths.length === 0) return null
  // Whatever is done writes the file anew, also where the engine made the format.
  return { merge, size: isSized ? exact : null, aspectRatio, resolution, format: wanted, quality, paths }
}

const FORMAT_PATHS: ReadonlySet<string> = new Set([
  'output_format',
  'afterimage.output_format',
  'afterimage.quality',
])

/** What is left of the work where only the format can be had; null when none was wanted, or nothing else. */
export function formatOnly(emulation: Emulation): Emulation | null {
  const paths = emulation.paths.filter((path) => FORMAT_PATHS.has(path))
  if (paths.length === 0 || paths.length === emulation.paths.length) return null
  return { ...emulation, merge: null, size: null, aspectRatio: null, resolution: null, paths }
}

/** The same field once, as our work instead of as the engine's shortcoming. */
export function emulatedWarnings(
  { paths }: Emulation,
  { told, engine, input }: { told: readonly Warning[]; engine: string; input: GenerateInput },
): Warning[] {
  const others = told.filter(({ path }) => !paths.includes(path))
  return [...others, ...paths.map((path) => emulatedWarning(path, { engine, input }))]
}

/** @param path as the caller wrote it */
export function emulatedWarning(
  path: string,
  { engine, input, reason }: { engine: string; input: GenerateInput; reason?: string | undefined },
): Warning {
  const how = reason ?? emulatedReason({ field: path.replace(/^afterimage\./u, ''), path }, input)
  const message = `\`${path}\` is done by Afterimage, not by ${engine} itself${how === null ? '' : `: ${how}`}`
  return { code: 'emulated_field', path, message }
}

function mergeOf({ images }: GenerateInput): Emulation['merge'] {
  const source = images.find(({ role }) => role === 'source')
  const mask = images.find(({ role }) => role === 'mask')
  return source === undefined || mask === undefined ? null : { source, mask }
}

function hasSource({ images }: GenerateInput): boolean {
  return images.some(({ role }) => role === 'source')
}

function hasMask({ images }: GenerateInput): boolean {
  return images.some(({ role }) => role === 'mask')
}

/** One side alone is completed with the aspect of what there is. */
function exactSize({ width, height, options: { size } }: GenerateInput, there: Size): Size | null {
  if (size !== null) return size
  if (width === null && height === null) return null
  return {
    width: width ?? Math.max(1, Math.round(((height ?? 1) * there.width) / there.height)),
    height: height ?? Math.max(1, Math.round(((width ?? 1) * there.height) / there.width)),
  }
}

function isExact({ width, height, options }: GenerateInput): boolean {
  return options.size !== null || width !== null || height !== null
}

function sizePaths({ width, height, options }: GenerateInput): string[] {
  if (options.size !== null) return ['afterimage.size']
  return [...(width === null ? [] : ['width']), ...(height === null ? [] : ['height'])]
}

function isSame(a: Size, b: Size): boolean {
  return a.width === b.width && a.height === b.height
}

function wantedFormat({ options, fields }: GenerateInput): OutputFormat | null {
  const said = options.outputFormat ?? fields['output_format']
  const named = said === 'jpg' ? 'jpeg' : said
  return OUTPUT_FORMATS.find((format) => format === named) ?? null
}

function formatPath({ options }: GenerateInput): string {
  return options.outputFormat === null ? 'output_format' : 'afterimage.output_format'
}

function isLossy(format: OutputFormat | null): boolean {
  return format !== null && format !== 'png'
}
