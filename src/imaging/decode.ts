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
import type { Size } from './geometry.ts'
import { fitWithin } from './geometry.ts'
import { resizeRaster } from './resize.ts'

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

/** Complaints that leave every pixel intact; phones and editors write such files. @see decodeWithSharp */
const HARMLESS = /extraneous bytes before marker 0x(?!d[0-7])|Invalid SOS parameters/u
const TRUNCATED = /premature end|unexpected end|truncated|bad seek|unable to parse/iu

/**
 * Decodes the first frame of a file: upright, sRGB, 8 bits, RGBA.
 * Embedded ICC profiles (RGB of any gamut, CMYK, grey, 16 bit) are converted, not dropped.
 * @throws AfterimageError `input_unreadable` (damaged, truncated, not an image), `input_too_large`
 */
export async function decodeImage(path: string, options: DecodeOptions = {}): Promise<Decoded> {
  const maxPixels = options.maxPixels ?? DEFAULT_MAX_PIXELS
  const maxEdge = options.maxEdge ?? null
  const info = await probeFile(path, maxPixels)
  if (info.format !== 'heic') {
    const { raster, hadProfile, size } = await decodeWithSharp(path, { maxPixels, maxEdge })
    // The decoder has the last word: it corrects GIFs whose screen size is implausible.
    return { raster, hadProfile, info: { ...info, ...size } }
  }
  const { raster, hadProfile } = await decodeHeic(path)
  const size = maxEdge === null ? raster : fitWithin(raster, { width: maxEdge, height: maxEdge })
  return { raster: await resizeRaster(raster, size.width, size.height), hadProfile, info }
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

/**
 * 16-bit files are brought to 8 bits before their profile is applied: else sharp takes RGB to Display P3
 * instead of sRGB and leaves the profile of grey out.
 */
const EIGHT_BIT: Readonly<Record<string, string>> = { rgb16: 'srgb', grey16: 'b-w' }

type SharpOptions = { maxPixels: number; maxEdge: number | null }
/** `size` is upright and that of the file. */
type SharpResult = { raster: Raster; hadProfile: boolean; size: Size }

/**
 * Any complaint of the decoder is a refusal: a lenient decoder fills what is missing with grey, and a result made
 * from half a picture would be a silent lie. Only complaints known to be harmless get a second, more lenient try.
 */
async function decodeWithSharp(path: string, options: SharpOptions): Promise<SharpResult> {
  sharp.block({ operation: BLOCKED_LOADERS })
  try {
    return await runSharp(path, { ...options, failOn: 'warning' }).catch((error: unknown) => {
      if (HARMLESS.test(messageOf(error))) return runSharp(path, { ...options, failOn: 'error' })
      throw error
    })
  } catch (cause) {
    const message = messageOf(cause)
    const reason = TRUNCATED.test(message) ? 'it ends too early; send the whole file' : firstLine(message)
    throw new AfterimageError('input_unreadable', `the image is damaged: ${reason}`, { cause })
  }
}

async function runSharp(
  path: string,
  options: SharpOptions & { failOn: 'warning' | 'error' },
): Promise<SharpResult> {
  const { maxPixels, maxEdge, failOn } = options
  // `unlimited` stays off: it lets a JPEG of 122 KB with a thousand scans run for 9 s.
  const image = sharp(path, { failOn, limitInputPixels: maxPixels, autoOrient: true, pages: 1 })
  const { hasProfile, space, autoOrient: size } = await image.metadata()
  const eightBit = EIGHT_BIT[space]
  if (eightBit !== undefined) image.pipelineColourspace(eightBit)
  image.toColourspace('srgb')
  if (maxEdge !== null) image.resize(maxEdge, maxEdge, { fit: 'inside', withoutEnlargement: true })
  const { data, info } = await image.ensureAlpha().raw().toBuffer({ resolveWithObject: true })
  return { raster: { width: info.width, height: info.height, data }, hadProfile: hasProfile, size }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** First line of a decoder's message, without file names and prefixes. */
function firstLine(message: string): string {
  const [first = ''] = message.split('\n')
  return first
    .replace(/^(?:Input file (?:has corrupt header|contains unsupported image format)?:?|\w+:)\s*/u, '')
    .slice(0, 160)
}
