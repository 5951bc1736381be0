import sharp from 'sharp'
import type { Raster } from './raster.ts'
import { enlargeRaster } from './lanczos.ts'

/**
 * A raster of exactly this size; the aspect may change. Reductions average over what they drop, enlargements
 * are centred Lanczos3. Alpha is premultiplied while filtering, so that hidden colours do not bleed out.
 * @param width at least 1
 * @param height at least 1
 */
export async function resizeRaster(raster: Raster, width: number, height: number): Promise<Raster> {
  if (width === raster.width && height === raster.height) return raster
  // Never sharp for enlargement: it shifts the picture by half a target pixel (libvips issue 943).
  const reduced = await reduce(raster, Math.min(width, raster.width), Math.min(height, raster.height))
  return enlargeRaster(reduced, width, height)
}

async function reduce(raster: Raster, width: number, height: number): Promise<Raster> {
  if (width === raster.width && height === raster.height) return raster
  const data = await sharp(raster.data, { raw: { width: raster.width, height: raster.height, channels: 4 } })
    .resize(width, height, { fit: 'fill', kernel: 'lanczos3', fastShrinkOnLoad: false })
    .raw()
    .toBuffer()
  return { width, height, data }
}
