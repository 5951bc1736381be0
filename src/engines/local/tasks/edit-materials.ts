/** Reads the pictures of an edit: what is changed, what lends its look, and what must stay as it is. */
import type { ImageFormat } from '../../../core/job.ts'
import { fitCovering, type Size } from '../../../imaging/geometry.ts'
import type { Raster } from '../../../imaging/raster.ts'
import { resizeRaster } from '../../../imaging/resize.ts'
import type { Arrangement } from '../models/arrange-images.ts'
import { assertOutputSize, hasAskedSize, outputSize } from '../models/output-size.ts'
import type { GenerateTask } from '../protocol.ts'
import { readImage } from './files.ts'
import { toMask, type Mask } from './mask.ts'
import type { RunnerDeps } from './runners.ts'

/** Styles lend colours and textures; more pixels would change nothing but the time. */
const STYLE_EDGE = 1024
/** A source this many times larger than the result is reduced before the edit; the rest leaves room for a crop. */
const SPARE = 2

export type StyleImage = {
  raster: Raster
  /** −2 to 2; null where the field has no weight. */ strength: number | null
}

export type Materials = {
  /** As it was stored; what geometry is told from. */
  stored: Size
  format: ImageFormat
  source: Raster
  styles: readonly StyleImage[]
  mask: Mask | null
}

/** @throws AfterimageError `input_unreadable`, `input_too_large`, `engine_rejected` (result too large) */
export async function readMaterials(
  deps: RunnerDeps,
  task: GenerateTask,
  arrangement: Arrangement,
): Promise<Materials> {
  const { maxPixels, maxOutputPixels } = deps.settings
  const read = (index: number, maxEdge?: number) => {
    const source = { file: task.files[index] ?? '', field: task.input.images[index]?.path ?? 'image_url' }
    return readImage(source, maxEdge === undefined ? { maxPixels } : { maxPixels, maxEdge })
  }
  const { raster, info } = await read(arrangement.source ?? 0)
  assertOutputSize(outputSize(task.input, raster), maxOutputPixels)
  const styles: StyleImage[] = []
  for (const index of arrangement.styles) {
    const { raster } = await read(index, STYLE_EDGE)
    styles.push({ raster, strength: task.input.images[index]?.strength ?? null })
  }
  const mask = arrangement.mask === null ? null : await toMask((await read(arrangement.mask)).raster, raster)
  const stored = { width: raster.width, height: raster.height }
  // Under a mask every pixel of the source must stay where it is.
  const source = mask === null ? await reduceToNeed(raster, task) : raster
  return { stored, format: info.format, source, styles, mask }
}

/** Filters take seconds per megapixel: what the result cannot show is not worth filtering. */
async function reduceToNeed(raster: Raster, { input }: GenerateTask): Promise<Raster> {
  if (!hasAskedSize(input)) return raster
  const target = outputSize(input, raster)
  const needed = fitCovering(raster, { width: target.width * SPARE, height: target.height * SPARE })
  return needed.width >= raster.width ? raster : resizeRaster(raster, needed.width, needed.height)
}
