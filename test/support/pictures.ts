/** Real photographs as rasters, and how to compare them. */
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import type { Raster } from '../../src/imaging/raster.ts'

export type PhotoName = 'cat' | 'portrait-astronaut' | 'product-coffee' | 'raccoon'
export type Area = { left: number; top: number; width: number; height: number }

/** Path of one of the four photographs. */
export function photoPath(name: PhotoName): string {
  return fileURLToPath(new URL(`photos/${name}.jpg`, import.meta.url))
}

/** A JPEG of 24 megapixels, as a camera makes it. */
export function largePhoto(): Promise<Buffer> {
  return sharp(photoPath('raccoon')).resize(6000, 4000, { fit: 'fill' }).jpeg().toBuffer()
}

/** A part of a photograph, decoded. */
export async function cropPhoto(name: PhotoName, area: Area): Promise<Raster> {
  const data = await sharp(photoPath(name)).extract(area).ensureAlpha().raw().toBuffer()
  return { width: area.width, height: area.height, data: new Uint8Array(data) }
}

/** Reduced with a centred, antialiased bicubic kernel: the usual way to make a super-resolution test. */
export async function reduceBicubic(raster: Raster, factor: number): Promise<Raster> {
  const width = raster.width / factor
  const height = raster.height / factor
  const data = await sharp(raster.data, { raw: { width: raster.width, height: raster.height, channels: 4 } })
    .resize(width, height, { kernel: 'cubic', fit: 'fill' })
    .raw()
    .toBuffer()
  return { width, height, data: new Uint8Array(data) }
}

/** Peak signal-to-noise ratio of luma in dB, without a border of 4 px; higher is closer. */
export function psnrLuma(a: Raster, b: Raster): number {
  const border = 4
  let sum = 0
  let count = 0
  for (let y = border; y < a.height - border; y += 1) {
    for (let x = border; x < a.width - border; x += 1) {
      const at = (y * a.width + x) * 4
      sum += (luma(a, at) - luma(b, at)) ** 2
      count += 1
    }
  }
  return 10 * Math.log10((255 * 255 * count) / sum)
}

function luma({ data }: Raster, at: number): number {
  return 0.299 * (data[at] ?? 0) + 0.587 * (data[at + 1] ?? 0) + 0.114 * (data[at + 2] ?? 0)
}

/** Largest difference of any byte. */
export function largestDifference(a: Raster, b: Raster): number {
  return a.data.reduce((most, value, at) => Math.max(most, Math.abs(value - (b.data[at] ?? 0))), 0)
}
