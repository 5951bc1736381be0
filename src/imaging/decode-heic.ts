/** HEIC through libheif compiled to WebAssembly: sharp's prebuilt library carries no HEVC decoder. */
import { createRequire } from 'node:module'
import { readFile } from 'node:fs/promises'
import { AfterimageError, isAfterimageError } from '../core/errors.ts'
import { readHeifProfile } from './headers/heif.ts'
import { convertToSrgb } from './profile.ts'
import type { Raster } from './raster.ts'

/** The few calls we use, as the package exports them. Failing calls answer an object with a `code`. */
type Failure = { code: unknown; message?: string }
type LibHeif = {
  heif_error_code: { heif_error_Ok: unknown }
  heif_colorspace: { heif_colorspace_RGB: unknown }
  heif_chroma: { heif_chroma_interleaved_RGBA: unknown }
  heif_context_alloc: () => object
  heif_context_read_from_memory: (context: object, bytes: Uint8Array) => Failure
  heif_js_context_get_primary_image_handle: (context: object) => object
  heif_js_decode_image2: (handle: object, colorspace: unknown, chroma: unknown) => DecodedPlanes | Failure
}
type Plane = { stride: number; width: number; height: number; data: Uint8Array }
type DecodedPlanes = { channels: readonly Plane[] }

/**
 * The primary picture, upright (libheif applies rotation, mirroring and crop), sRGB, RGBA.
 * @throws AfterimageError `input_unreadable`, also when the optional package is not installed
 */
export async function decodeHeic(path: string): Promise<{ raster: Raster; hadProfile: boolean }> {
  const library = createLibrary()
  const bytes = await readFile(path)
  const raster = decodePrimary(library, bytes)
  const profile = readHeifProfile(bytes)
  if (profile === null) return { raster, hadProfile: false }
  // Phones write Display P3; shown as sRGB their colours would look pale.
  return { raster: await convertToSrgb(raster, profile), hadProfile: true }
}

/** A fresh instance (14 ms) for each file: its memory is freed afterwards, and an abort in one leaves no trace in the next. */
function createLibrary(): LibHeif {
  let create: () => LibHeif
  try {
    create = createRequire(import.meta.url)('libheif-js/libheif-wasm/libheif-bundle.js') as () => LibHeif
  } catch (cause) {
    throw new AfterimageError(
      'input_unreadable',
      'HEIC cannot be read by this installation: the optional package libheif-js is missing; send JPEG or PNG',
      { cause },
    )
  }
  return create()
}

function decodePrimary(library: LibHeif, bytes: Uint8Array): Raster {
  try {
    const context = library.heif_context_alloc()
    const read = library.heif_context_read_from_memory(context, bytes)
    if (read.code !== library.heif_error_code.heif_error_Ok) throw damaged(read)
    const handle = library.heif_js_context_get_primary_image_handle(context)
    if (isFailure(handle)) throw damaged(handle)
    return decodeHandle(library, handle)
  } catch (error) {
    // WebAssembly traps and C++ exceptions arrive as foreign errors.
    throw isAfterimageError(error) ? error : damaged({ code: null }, error)
  }
}

function decodeHandle(library: LibHeif, handle: object): Raster {
  const { heif_colorspace_RGB: colorspace } = library.heif_colorspace
  const { heif_chroma_interleaved_RGBA: chroma } = library.heif_chroma
  const decoded = library.heif_js_decode_image2(handle, colorspace, chroma)
  if (isFailure(decoded)) throw damaged(decoded)
  const [plane] = decoded.channels
  if (plane === undefined) throw damaged({ code: null })
  return toRaster(plane)
}

/** Rows may be padded to a stride. */
function toRaster({ width, height, stride, data }: Plane): Raster {
  const rowBytes = width * 4
  if (stride === rowBytes) return { width, height, data: data.subarray(0, rowBytes * height) }
  const packed = new Uint8Array(rowBytes * height)
  for (let y = 0; y < height; y += 1)
    packed.set(data.subarray(y * stride, y * stride + rowBytes), y * rowBytes)
  return { width, height, data: packed }
}

function isFailure(value: object): value is Failure {
  return 'code' in value && value.code !== undefined
}

function damaged(failure: Failure, cause?: unknown): AfterimageError {
  const message = failure.message?.trim() ?? 'the decoder gave up'
  const reason = /end of file/iu.test(message)
    ? 'it ends too early; send the whole file'
    : message.slice(0, 160)
  return new AfterimageError('input_unreadable', `the image is damaged: ${reason}`, { cause })
}
