/** Brings a picture to an exact size: a centred crop where the aspect differs, then one resize. */
import type { Geometry, RecipeStep, Warning } from '../../../core/job.ts'
import { cropBox, fitCovering, ratioOf, type Box, type Size } from '../../../imaging/geometry.ts'
import type { Raster } from '../../../imaging/raster.ts'
import { resizeRaster } from '../../../imaging/resize.ts'
import { affordNetworks } from '../upscale/afford.ts'
import type { Networks } from '../upscale/networks.ts'
import { growth } from '../upscale/plan.ts'
import { upscaleRaster } from '../upscale/upscale.ts'
import { cropRaster } from './canvas.ts'

export type Fitted = {
  raster: Raster
  recipe: readonly RecipeStep[]
  warnings: readonly Warning[]
  steps: Geometry['steps']
}

/** True when a size has the aspect of another up to the rounding of its sides. */
export function hasSameAspect(source: Size, target: Size): boolean {
  const covering = fitCovering(source, target)
  return covering.width - target.width <= 1 && covering.height - target.height <= 1
}

/** @param networks null enlarges with a Lanczos kernel alone: fast, for drafts */
export async function fitToSize(
  raster: Raster,
  target: Size,
  options: { networks: Networks | null; onProgress: (fraction: number) => void },
): Promise<Fitted> {
  const box = hasSameAspect(raster, target) ? null : cropBox(raster, ratioOf(target))
  const cropped = box === null ? raster : cropRaster(raster, box)
  const resized = await resize(cropped, target, options)
  return {
    raster: resized.raster,
    warnings: resized.warnings,
    recipe: [...(box === null ? [] : [{ operation: 'crop', ...box }]), ...resized.recipe],
    steps: geometrySteps(box, cropped, target),
  }
}

type Resized = Pick<Fitted, 'raster' | 'recipe' | 'warnings'>

async function resize(
  raster: Raster,
  target: Size,
  options: { networks: Networks | null; onProgress: (fraction: number) => void },
): Promise<Resized> {
  const { width, height } = target
  if (raster.width === width && raster.height === height) return { raster, recipe: [], warnings: [] }
  const { networks, onProgress } = options
  const { creativity } = affordNetworks(raster, 0)
  if (networks === null || creativity === null || growth(raster, target) <= 1)
    return {
      raster: await resizeRaster(raster, width, height),
      recipe: [{ operation: 'resize', width, height }],
      warnings: [],
    }
  const report = ({ percent }: { percent: number }): void => onProgress(percent / 100)
  return upscaleRaster({ networks, onProgress: report }, { raster, target, creativity })
}

function geometrySteps(box: Box | null, from: Size, { width, height }: Size): Geometry['steps'] {
  const isResized = from.width !== width || from.height !== height
  return [
    ...(box === null ? [] : [{ kind: 'crop', ...box }]),
    ...(isResized ? [{ kind: 'resize', width, height }] : []),
  ]
}
