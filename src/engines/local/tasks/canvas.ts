/** Moves whole pixels between rasters. */
import type { Box, Size } from '../../../imaging/geometry.ts'
import { createRaster, type Raster } from '../../../imaging/raster.ts'

/** The part inside the box; the same raster when the box is all of it. */
export function cropRaster(raster: Raster, box: Box): Raster {
  const { left, top, width, height } = box
  if (width === raster.width && height === raster.height) return raster
  const result = createRaster(width, height)
  for (let y = 0; y < height; y += 1) {
    const from = ((top + y) * raster.width + left) * 4
    result.data.set(raster.data.subarray(from, from + width * 4), y * width * 4)
  }
  return result
}

/** A larger canvas with black, opaque bars around the picture. */
export function addBars(raster: Raster, box: Box, canvas: Size): Raster {
  const result = createRaster(canvas.width, canvas.height)
  for (let at = 3; at < result.data.length; at += 4) result.data[at] = 255
  for (let y = 0; y < raster.height; y += 1) {
    const row = raster.data.subarray(y * raster.width * 4, (y + 1) * raster.width * 4)
    result.data.set(row, ((box.top + y) * canvas.width + box.left) * 4)
  }
  return result
}
