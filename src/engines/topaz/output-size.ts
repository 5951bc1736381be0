/** The size of a result of Topaz: as asked, by a factor, or left to the vendor. */
import type { GenerateInput, Warning } from '../../core/job.ts'
import type { Size } from '../../imaging/geometry.ts'
import { wantedSize, withoutEffect } from '../../net/upstream/shape.ts'

/** Null leaves it to the vendor, which keeps that of the source. */
export type OutputSize = { size: Size | null; warnings: readonly Warning[] }

/** `afterimage.size`, else a factor that is switched on, else `width` and `height`. */
export function chooseOutputSize(input: GenerateInput, source: Size): OutputSize {
  const wanted = wantedSize(input)
  const factor = factorOf(input)
  const isExact = input.options.size !== null
  if (factor === null || isExact)
    return {
      size: wanted === null ? null : { width: wanted.width, height: wanted.height },
      warnings: factorWarnings(
        input,
        isExact ? '`afterimage.size` says the size' : 'upscaling_activated is off',
      ),
    }
  const overruled = (['width', 'height'] as const).filter((side) => input[side] !== null)
  return {
    size: { width: Math.round(source.width * factor), height: Math.round(source.height * factor) },
    warnings: overruled.map((side) => withoutEffect(side, '`image_scaling_factor` says the size')),
  }
}

/** Krea's default is 1, which keeps the size. */
function factorOf({ fields, scale }: GenerateInput): number | null {
  return fields['upscaling_activated'] === true ? (scale ?? 1) : scale
}

function factorWarnings({ fields, scale }: GenerateInput, reason: string): Warning[] {
  return ['image_scaling_factor', 'scale', 'upscaling_activated']
    .filter((field) => fields[field] !== undefined && fields[field] !== false)
    .filter((field) => field !== 'scale' || scale !== null)
    .map((field) => withoutEffect(field, reason))
}
