/** From stored files to pixels and back, with errors that name the field at fault. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fieldError, isAfterimageError } from '../../../core/errors.ts'
import type { ImageFormat, OutputFormat } from '../../../core/job.ts'
import { decodeImage, type Decoded, type DecodeOptions } from '../../../imaging/decode.ts'
import { encodeImage } from '../../../imaging/encode.ts'
import type { Raster } from '../../../imaging/raster.ts'
import type { OutputChoice } from '../protocol.ts'
import { isOpaque } from '../upscale/transparency.ts'

/** @throws AfterimageError `input_unreadable` or `input_too_large` about `field` */
export async function readImage(
  source: { file: string; field: string },
  options: DecodeOptions,
): Promise<Decoded> {
  try {
    return await decodeImage(source.file, options)
  } catch (error) {
    if (!isAfterimageError(error)) throw error
    const { code, message } = error
    throw fieldError(code, { path: source.field, message }, error)
  }
}

/**
 * The format that was asked for; else the source's own, if it is one of the web's three; else PNG.
 * A JPEG whose result became transparent is written as PNG, because JPEG has no alpha.
 */
export function chooseFormat(
  choice: OutputChoice,
  source: ImageFormat | null,
  result: { isOpaque: boolean },
): OutputFormat {
  if (choice.format !== null) return choice.format
  if (source === 'jpeg') return result.isOpaque ? 'jpeg' : 'png'
  return source === 'webp' ? 'webp' : 'png'
}

/** Encodes into the scratch folder, as the numbered output; answers what the task result needs. */
export async function writeImage(
  raster: Raster,
  to: {
    scratchDirectory: string
    index: number
    choice: OutputChoice
    sourceFormat: ImageFormat | null
    /** What the name of the file begins with. */
    name?: string
  },
): Promise<{ path: string }> {
  const format = chooseFormat(to.choice, to.sourceFormat, { isOpaque: isOpaque(raster) })
  const path = join(to.scratchDirectory, `${to.name ?? 'output'}-${to.index}.${format}`)
  await writeFile(path, await encodeImage(raster, { format, quality: to.choice.quality }))
  return { path }
}
