/** What another engine lacks: keeps what lies outside a mask, reaches a size, an aspect, a format. */
import type { Geometry, RecipeStep, Warning } from '../../../core/job.ts'
import type { Size } from '../../../imaging/geometry.ts'
import {
  cropBox,
  fitPixels,
  parseAspectRatio,
  ratioOf,
  sizeForResolution,
} from '../../../imaging/geometry.ts'
import type { Raster } from '../../../imaging/raster.ts'
import { resizeRaster } from '../../../imaging/resize.ts'
import { assertOutputSize } from '../models/output-size.ts'
import type { FinishTask, TaskRunner } from '../protocol.ts'
import { readImage, writeImage } from './files.ts'
import { fitToSize, hasSameAspect } from './fit-to-size.ts'
import { explainInexact, featherMask, mergeMasked, toMask } from './mask.ts'
import type { RunnerDeps } from './runners.ts'

type Made = {
  raster: Raster
  recipe: readonly RecipeStep[]
  steps: Geometry['steps']
  warnings: readonly Warning[]
}

export function createFinishRunner({ settings }: RunnerDeps): TaskRunner<FinishTask> {
  return async (task, { scratchDirectory }) => {
    const options = { maxPixels: settings.maxPixels }
    const { raster, info } = await readImage({ file: task.file, field: 'result' }, options)
    const merged = task.merge === null ? unchanged(raster) : await merge(task.merge, raster, options)
    const target = targetOf(task, merged.raster)
    assertOutputSize(target, settings.maxOutputPixels)
    const fitted = await fitToSize(merged.raster, target, { networks: null, onProgress: () => {} })
    // Under a mask the default is a format that keeps every bit.
    const sourceFormat = task.merge === null ? info.format : 'png'
    const to = { scratchDirectory, index: task.index, choice: task.output, sourceFormat }
    const output = await writeImage(fitted.raster, { ...to, name: 'finished' })
    const { width, height } = fitted.raster
    return {
      outputs: [output],
      warnings: [...merged.warnings, ...fitted.warnings, ...explainMask(task, merged.raster, fitted.raster)],
      recipe: [...merged.recipe, ...fitted.recipe, ...encodedAs(task)],
      geometry: {
        source: { width: raster.width, height: raster.height },
        output: { width, height },
        steps: [...merged.steps, ...fitted.steps],
      },
    }
  }
}

function unchanged(raster: Raster): Made {
  return { raster, recipe: [], steps: [], warnings: [] }
}

/** The result has the size of the source, whose pixels outside the mask it keeps. */
async function merge(
  files: { source: string; mask: string },
  made: Raster,
  options: { maxPixels: number },
): Promise<Made> {
  const { raster: source } = await readImage({ file: files.source, field: 'image' }, options)
  const { raster: drawn } = await readImage({ file: files.mask, field: 'afterimage.mask_url' }, options)
  const { width, height } = source
  const isAligned = hasSimilarAspect(made, source)
  const edited = isAligned
    ? await resizeRaster(made, width, height)
    : (await fitToSize(made, source, { networks: null, onProgress: () => {} })).raster
  const mask = await featherMask(await toMask(drawn, source))
  const isResized = made.width !== width || made.height !== height
  return {
    raster: mergeMasked(source, edited, mask),
    recipe: [
      ...(isResized ? [{ operation: 'resize', width, height }] : []),
      { operation: 'keep_outside_mask' },
    ],
    steps: isResized ? [{ kind: 'resize', width, height }] : [],
    warnings: isAligned ? [] : [misaligned(made, source)],
  }
}

/** Engines round sides to their own grid; stretching a picture by so little is not to be seen. */
const MAX_STRETCH = 1.03

function hasSimilarAspect(made: Size, source: Size): boolean {
  const quotient = ratioOf(made) / ratioOf(source)
  return hasSameAspect(made, source) || (quotient < MAX_STRETCH && quotient > 1 / MAX_STRETCH)
}

function misaligned(made: Size, source: Size): Warning {
  const message =
    `The engine made ${made.width}x${made.height} for a source of ${source.width}x${source.height}; inside the mask ` +
    'its picture was cropped to fit, so that edges may not meet.'
  return { code: 'mask_misaligned', path: 'afterimage.mask_url', message }
}

/** @param source the picture under the mask, whose size the merged one has */
function explainMask({ merge: files, output }: FinishTask, source: Size, result: Size): Warning[] {
  if (files === null) return []
  return explainInexact({ source, result, format: output.format }, 'afterimage.mask_url')
}

function targetOf(task: FinishTask, { width, height }: Raster): Size {
  if (task.size !== null) return task.size
  const asked = task.aspectRatio === null ? null : parseAspectRatio(task.aspectRatio)
  const named = task.resolution === null ? null : sizeForResolution(task.resolution, asked ?? width / height)
  if (named !== null) return named
  if (asked === null || hasSameAspect({ width, height }, fitRatio(asked))) return { width, height }
  return cropBox({ width, height }, asked)
}

/** Any size of the aspect, large enough that rounding does not matter. */
function fitRatio(ratio: number): Size {
  return fitPixels({ width: Math.round(10_000 * ratio), height: 10_000 }, 100_000_000)
}

function encodedAs({ output }: FinishTask): RecipeStep[] {
  if (output.format === null) return []
  const quality = output.quality === null ? {} : { quality: output.quality }
  return [{ operation: 'encode', format: output.format, ...quality }]
}
