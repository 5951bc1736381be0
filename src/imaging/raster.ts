/**
 * Decoded pixels: upright, sRGB, 8 bits, RGBA interleaved, straight (not premultiplied) alpha, rows from the top.
 * `data.length === width * height * 4`.
 */
export type Raster = { width: number; height: number; data: Uint8Array }

/** A new raster of transparent black. */
export function createRaster(width: number, height: number): Raster {
  return { width, height, data: new Uint8Array(width * height * 4) }
}
