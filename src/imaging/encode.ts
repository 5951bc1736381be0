import type { Sharp } from 'sharp'
import sharp from 'sharp'
import type { OutputFormat } from '../core/job.ts'
import type { Raster } from './raster.ts'

export type EncodeOptions = {
  format: OutputFormat
  /** 1 to 100; null takes the format's default. PNG is lossless and ignores it. */
  quality: number | null
}

/** Visually lossless on photographs; higher values mostly store noise. */
export const DEFAULT_QUALITY: Readonly<Record<OutputFormat, number>> = {
  png: 100,
  jpeg: 90,
  webp: 88,
  avif: 70,
}

/**
 * Longest side that each format's encoder writes, in pixels: WebP has 14 bits for it, libjpeg ends at 65,500, and
 * libvips refuses a larger AVIF. PNG ends far beyond what is decoded.
 */
export const MAX_ENCODED_SIDE: Readonly<Record<OutputFormat, number>> = {
  png: 2_147_483_647,
  jpeg: 65_500,
  webp: 16_383,
  avif: 16_384,
}

/**
 * Encodes pixels with an sRGB profile and no other metadata: nothing private can leave.
 * Fast settings: somebody waits, and a slow AVIF or mozjpeg takes ten to thirty times longer for a few per cent.
 * JPEG has no alpha and is flattened on white.
 */
export function encodeImage(raster: Raster, options: EncodeOptions): Promise<Buffer> {
  const { width, height, data } = raster
  const image = sharp(data, { raw: { width, height, channels: 4 } })
  const isOpaque = !hasTransparency(raster)
  // Three channels are smaller and faster wherever alpha says nothing.
  if (isOpaque) image.removeAlpha()
  else if (options.format === 'jpeg') image.flatten({ background: '#ffffff' })
  const quality = options.quality ?? DEFAULT_QUALITY[options.format]
  return ENCODERS[options.format](image.withIccProfile('srgb'), quality).toBuffer()
}

const ENCODERS: Readonly<Record<OutputFormat, (image: Sharp, quality: number) => Sharp>> = {
  png: (image) => image.png({ compressionLevel: 2 }),
  // 4:4:4: red edges on drawings and text smear with halved chroma.
  jpeg: (image, quality) => image.jpeg({ quality, chromaSubsampling: '4:4:4' }),
  webp: (image, quality) => image.webp({ quality, effort: 1 }),
  avif: (image, quality) => image.avif({ quality, effort: 1, chromaSubsampling: '4:4:4' }),
}

function hasTransparency({ data }: Raster): boolean {
  for (let at = 3; at < data.length; at += 4) if (data[at] !== 255) return true
  return false
}
