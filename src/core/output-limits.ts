/** The largest picture that our own work on pixels makes. Pure, so that it is known before anything is paid for. */
import type { Support } from './engine.ts'
import type { GenerateInput, Operation, Warning } from './job.ts'

/** WebP ends here; one limit for all formats, so that changing the format never fails. */
export const MAX_OUTPUT_SIDE = 16_383
/** 8192 x 8192: the largest picture that keeps a pixel process below 3 GB. */
export const DEFAULT_MAX_OUTPUT_PIXELS = 67_108_864

const SIZE_FIELDS: ReadonlySet<string> = new Set(['width', 'height', 'size'])
/** Engines for these make larger pictures than we do; those for all others fit a size to what they make. */
const ENLARGING: ReadonlySet<Operation> = new Set(['upscale', 'enhance'])

/**
 * Whether the exact size of a request is surely beyond what we could bring a result to, for an engine with this
 * `support` for the field. False where one side alone is given and within the limit: the other is not known yet.
 */
export function isSizeBeyondUs(
  { field, support }: { field: string; support: Support },
  { operation, width, height, options }: GenerateInput,
): boolean {
  if (!SIZE_FIELDS.has(field) || (support === 'native' && ENLARGING.has(operation))) return false
  const asked = options.size ?? { width, height }
  const sides = [asked.width ?? 1, asked.height ?? 1]
  return Math.max(...sides) > MAX_OUTPUT_SIDE || sides.reduce((a, b) => a * b) > DEFAULT_MAX_OUTPUT_PIXELS
}

/** @param path as the caller wrote it */
export function sizeBeyondUsWarning(path: string): Warning {
  const limits = `${MAX_OUTPUT_SIDE} pixels a side, ${Math.floor(DEFAULT_MAX_OUTPUT_PIXELS / 1e6)} megapixels`
  const message = `\`${path}\` will not be reached: so large a result is more than Afterimage makes itself (${limits})`
  return { code: 'unsupported_field', path, message }
}
