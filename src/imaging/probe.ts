import { AfterimageError } from '../core/errors.ts'
import type { ImageInfo } from '../core/job.ts'
import type { ByteSource, ImageProbe } from '../core/ports.ts'
import { parseGif } from './headers/gif.ts'
import { parseHeif } from './headers/heif.ts'
import { parseJpeg } from './headers/jpeg.ts'
import { parsePng } from './headers/png.ts'
import type { HeaderParser } from './headers/reader.ts'
import { createWindowedSource, runInMemory, runOnSource, unreadable } from './headers/reader.ts'
import type { AcceptedKind } from './headers/sniff.ts'
import { KIND_NAMES, sniff, SNIFF_BYTES } from './headers/sniff.ts'
import type { StoredImage } from './headers/stored-image.ts'
import { toImageInfo } from './headers/stored-image.ts'
import { parseTiff } from './headers/tiff.ts'
import { parseWebp } from './headers/webp.ts'

/** 50 megapixels: above any phone, below what decodes to 200 MB of RGBA. Also imgproxy's default. */
export const DEFAULT_MAX_PIXELS = 50_000_000
/** The largest side any accepted format can store, except HEIF and TIFF. */
export const MAX_SIDE = 65_535

const ALLOWED = 'send a JPEG, PNG, WebP, AVIF, GIF, TIFF or HEIC image'

const PARSERS: Readonly<Record<AcceptedKind, (bytes: number) => HeaderParser<StoredImage>>> = {
  jpeg: parseJpeg,
  png: parsePng,
  webp: parseWebp,
  gif: parseGif,
  tiff: parseTiff,
  heif: parseHeif,
}

/**
 * Reads format, upright size and alpha from the header, by content alone. Decodes nothing: a file that passes
 * may still be damaged further on, which the pixel process finds out.
 * @param options.maxPixels upright width times height; more is `input_too_large`
 */
export function createImageProbe(options: { maxPixels?: number } = {}): ImageProbe {
  const maxPixels = options.maxPixels ?? DEFAULT_MAX_PIXELS
  const finish = (stored: StoredImage): ImageInfo => {
    assertSize(stored, maxPixels)
    return toImageInfo(stored)
  }
  return {
    probe: (bytes) => {
      const kind = acceptedKind(bytes)
      return finish(runInMemory(PARSERS[kind](bytes.length), { bytes, name: KIND_NAMES[kind] }))
    },
    probeSource: async (source) => {
      const windowed = createWindowedSource(source)
      const kind = acceptedKind(await readHead(windowed))
      const parser = PARSERS[kind](source.bytes)
      return finish(await runOnSource(parser, { source: windowed, name: KIND_NAMES[kind] }))
    },
  }
}

function readHead(source: ByteSource): Promise<Uint8Array> {
  return source.read(0, Math.min(SNIFF_BYTES, source.bytes))
}

function acceptedKind(head: Uint8Array): AcceptedKind {
  const sniffed = sniff(head)
  if ('accepted' in sniffed) return sniffed.accepted
  throw unreadable(`found ${sniffed.found}; ${ALLOWED}`)
}

function assertSize(stored: StoredImage, maxPixels: number): void {
  const { width, height } = stored
  if (width < 1 || height < 1) throw unreadable(`its header says ${width} x ${height} pixels`)
  if (width > MAX_SIDE || height > MAX_SIDE)
    throw new AfterimageError(
      'input_too_large',
      `found ${width} x ${height} pixels; a side may have at most ${MAX_SIDE}`,
    )
  if (width * height > maxPixels)
    throw new AfterimageError(
      'input_too_large',
      `found ${width} x ${height} pixels (${megapixels(width * height)} MP); at most ${megapixels(maxPixels)} MP are allowed`,
    )
}

function megapixels(pixels: number): string {
  const value = pixels / 1_000_000
  return value >= 10 ? value.toFixed(0) : value.toFixed(2)
}
