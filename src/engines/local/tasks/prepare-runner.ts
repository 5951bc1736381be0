/** Makes an input fit for an engine elsewhere. What leaves the machine is pixels, never what a camera wrote beside them. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fieldError } from '../../../core/errors.ts'
import type { ImageFormat, OutputFormat } from '../../../core/job.ts'
import { encodeImage, MAX_ENCODED_SIDE } from '../../../imaging/encode.ts'
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
    const format = chooseSent(task.formats, { raster, source })
    const bytes = await encodeWithin(raster, { format, task })
    const path = join(scratchDirectory, `${task.name}.${format}`)
    await writeFile(path, bytes)
    return { outputs: [{ path }], warnings: [], recipe: [], geometry: null }
  }
}

/**
 * Photographs as JPEG where that is taken, everything else without loss; the first accepted format otherwise.
 * A format that is too narrow for the picture gives way to one that is not, unless that one drops transparency.
 */
function chooseSent(
  formats: readonly OutputFormat[],
  { raster, source }: { raster: Raster; source: ImageFormat },
): OutputFormat {
  const opaque = isOpaque(raster)
  const isPhotograph = opaque && (source === 'jpeg' || source === 'heic' || source === 'avif')
  const wanted: readonly OutputFormat[] = isPhotograph ? ['jpeg', 'png', 'webp'] : ['png', 'webp', 'jpeg']
  const accepted = wanted.filter((format) => formats.includes(format))
  const holdsAll = (format: OutputFormat): boolean =>
    longestSide(raster) <= MAX_ENCODED_SIDE[format] && (opaque || format !== 'jpeg')
  return accepted.find(holdsAll) ?? accepted[0] ?? formats[0] ?? 'png'
}

function longestSide({ width, height }: Raster): number {
  return Math.max(width, height)
}

async function encodeWithin(
  raster: Raster,
  { format, task }: { format: OutputFormat; task: PrepareTask },
): Promise<Uint8Array> {
  const largest = Math.min(1, MAX_ENCODED_SIDE[format] / longestSide(raster))
  let picture = largest === 1 ? raster : await scaled(raster, largest)
  for (let step = 0; step < MAX_STEPS; step += 1) {
    const bytes = await encodeImage(picture, { format, quality: QUALITY })
    if (bytes.length <= task.maxBytes) return bytes
    picture = await scaled(raster, largest * STEP ** (step + 1))
  }
  const message = `it cannot be made smaller than the ${task.maxBytes} bytes that the engine takes`
  throw fieldError('input_too_large', { path: task.field, message })
}

function scaled(raster: Raster, factor: number): Promise<Raster> {
  const { width, height } = scaleBy(raster, factor)
  return resizeRaster(raster, width, height)
}
