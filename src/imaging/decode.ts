/**
 * Full decoding. Runs only inside pixel processes, never in the HTTP process: a decoder is the one part that
 * hostile bytes could make slow, big or unstable, and a child can be killed.
 */
import { open } from 'node:fs/promises'
import sharp from 'sharp'
import { AfterimageError } from '../core/errors.ts'
import type { ImageInfo } from '../core/job.ts'
import { decodeHeic } from './decode-heic.ts'
import { createImageProbe, DEFAULT_MAX_PIXELS } from './probe.ts'
import type { Raster } from './raster.ts'

export type DecodeOptions = {
  /** Upright width times height of the file; more is `input_too_large`. Default 50 MP. */
  maxPixels?: number
  /** Reduces while decoding so that no side is longer; never enlarges. */
  maxEdge?: number
}

export type Decoded = {
  raster: Raster
  /** True when the file carried an ICC profile; the raster is sRGB either way. */
  hadProfile: boolean
  /** Of the file, before `maxEdge`. */
  info: ImageInfo
}

/**
 * Loaders that must never see untrusted bytes: SVG and PDF run programs of a kind and reach other files,
 * the rest are not accepted formats. Names are libvips operation classes.
 */
const BLOCKED_LOADERS = [
  'VipsForeignLoadSvg',
  'VipsForeignLoadPdf',
  'VipsForeignLoadMagick',
  'VipsForeignLoadMagick7',
  'VipsForeignLoadOpenslide',
  'VipsForeignLoadOpenexr',
  'VipsForeignLoadFits',
  'VipsForeignLoadAnalyze',
  'VipsForeignLoadMat',
  'VipsForeignLoadNifti',
  'VipsForeignLoadPpm',
  'VipsForeignLoadRad',
  'VipsForeignLoadCsv',
  'VipsForeignLoadMatrix',
  'VipsForeignLoadVips',
  'VipsForeignLoadRaw',
  'VipsForeignLoadJxl',
  'VipsForeignLoadJp2k',
  'VipsForeignLoadDcRaw',
]

/**
 * Decodes the first frame of a file: upright, sRGB, 8 bits, RGBA.
 * Embedded ICC profiles (RGB of any gamut, CMYK, grey, 16 bit) are converted, not dropped.
 * @throws AfterimageError `input_unreadable` (damaged, truncated, not an image), `input_too_large`
 */
export async function decodeImage(path: string, options: DecodeOptions = {}): Promise<Decoded> {
  const maxPixels = options.maxPixels ?? DEFAULT_MAX_PIXELS
  const info = await probeFile(path, maxPixels)
  const decode = info.format === 'heic' ? decodeHeic : decodeWithSharp
  const { raster, hadProfile } = await decode(path, { maxPixels, maxEdge: options.maxEdge ?? null })
  return { raster, hadProfile, info }
}

async function probeFile(path: string, maxPixels: number): Promise<ImageInfo> {
  const file = await open(path)
  try {
    const { size } = await file.stat()
    const read = async (offset: number, length: number): Promise<Uint8Array> => {
      const { buffer, bytesRead } = await file.read(new Uint8Array(length), 0, length, offset)
      return buffer.subarray(0, bytesRead)
    }
    return await createImageProbe({ maxPixels }).probeSource({ bytes: size, read })
  } finally {
    await file.close()
  }
}

async function decodeWithSharp(
  path: string,
  options: { maxPixels: number; maxEdge: number | null },
): Promise<{ raster: Raster; hadProfile: boolean }> {
  sharp.block({ operation: BLOCKED_LOADERS })
  const image = sharp(path, {
    // `warning` also refuses files that a lenient decoder would fill up with grey: a result made
    // from half a picture would be a silent lie. `unlimited` stays off: it lets a 122 KB JPEG run for 9 s.
    failOn: 'warning',
    limitInputPixels: options.maxPixels,
    autoOrient: true,
    pages: 1,
  })
  try {
    const { hasProfile } = await image.metadata()
    // Without the pipeline colour space sharp converts 16-bit files to Display P3 and CMYK by a rough formula.
    image.pipelineColourspace('srgb').toColourspace('srgb')
    if (options.maxEdge !== null)
      image.resize(options.maxEdge, options.maxEdge, { fit: 'inside', withoutEnlargement: true })
    const { data, info } = await image.ensureAlpha().raw().toBuffer({ resolveWithObject: true })
    return { raster: { width: info.width, height: info.height, data }, hadProfile: hasProfile }
  } catch (cause) {
    throw new AfterimageError('input_unreadable', `the image is damaged: ${reasonOf(cause)}`, { cause })
  }
}

/** First line of a decoder's message, without file names. */
function reasonOf(cause: unknown): string {
  const message = cause instanceof Error ? cause.message : String(cause)
  const [first = ''] = message.split('\n')
  return first
    .replace(/^Input file (?:has corrupt header|contains unsupported image format)?:?\s*/u, '')
    .slice(0, 160)
}
