/** Makes an input fit for an engine elsewhere. What leaves the machine is pixels, never what a camera wrote beside them. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fieldError } from '../../../core/errors.ts'
import type { ImageFormat, OutputFormat } from '../../../core/job.ts'
import { encodeImage } from '../../../imaging/encode.ts'
import { scaleBy } from '../../../imaging/geometry.ts'
import type { Raster } from '../../../imaging/raster.ts'
import { resizeRaster } from '../../../imaging/resize.ts'
import type { PrepareTask, TaskRunner } from '../protocol.ts'
import { isOpaque } from '../upscale/transparency.ts'
import { readImage } from './files.ts'
import { drawMask, toMask } from './mask.ts'
import type { RunnerDeps } from './runners.ts'

/** Not to be told from the source, also after a second encoding upstream. */
const QUALITY = 95
/** A picture that does not shrink below the limit within these steps of four fifths is no picture. */
const MAX_STEPS = 12
const STEP = 0.8

export function createPrepareRunner({ settings }: RunnerDeps): TaskRunner<PrepareTask> {
  return async (task, { scratchDirectory }) => {
    const { raster: stored, info } = await readImage(task, { maxPixels: settings.maxPixels })
    const raster =
      task.mask === null ? stored : drawMask(await toMask(stored, task.mask.size), task.mask.form)
    // The blocks of a JPEG would blur the edge of a mask.
    const source = task.mask === null ? info.format : 'png'
    const format = chooseSent(task.formats, source, isOpaque(raster))
    const bytes = await encodeWithin(raster, { format, task })
    const path = join(scratchDirectory, `${task.name}.${format}`)
    await writeFile(path, bytes)
    return { outputs: [{ path }], warnings: [], recipe: [], geometry: null }
  }
}

/** Photographs as JPEG where that is taken, everything else without loss; the first accepted format otherwise. */
function chooseSent(formats: readonly OutputFormat[], source: ImageFormat, opaque: boolean): OutputFormat {
  const isPhotograph = opaque && (source === 'jpeg' || source === 'heic' || source === 'avif')
  const wanted: readonly OutputFormat[] = isPhotograph ? ['jpeg', 'png', 'webp'] : ['png', 'webp', 'jpeg']
  return wanted.find((format) => formats.includes(format)) ?? formats[0] ?? 'png'
}

async function encodeWithin(
  raster: Raster,
  { format, task }: { format: OutputFormat; task: PrepareTask },
): Promise<Uint8Array> {
  let picture = raster
  for (let step = 0; step < MAX_STEPS; step += 1) {
    const bytes = await encodeImage(picture, { format, quality: QUALITY })
    if (bytes.length <= task.maxBytes) return bytes
    const { width, height } = scaleBy(raster, STEP ** (step + 1))
    picture = await resizeRaster(raster, width, height)
  }
  const message = `it cannot be made smaller than the ${task.maxBytes} bytes that the engine takes`
  throw fieldError('input_too_large', { path: task.field, message })
}
