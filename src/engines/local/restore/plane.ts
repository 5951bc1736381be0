/** One channel as floats: luma or a colour difference, BT.601 as in JPEG. */
import type { Raster } from '../../../imaging/raster.ts'

export type Plane = { width: number; height: number; data: Float32Array }

/** Weights of red, green and blue in luma and in the two colour differences. */
export const TO_YCC = [
  [0.299, 0.587, 0.114],
  [-0.168736, -0.331264, 0.5],
  [0.5, -0.418688, -0.081312],
] as const
/** What one unit of luma, Cb and Cr adds to red, green and blue. */
export const FROM_YCC = [
  [1, 1, 1],
  [0, -0.344136, 1.772],
  [1.402, -0.714136, 0],
] as const

/** The weighted sum of red, green and blue of each pixel. */
export function takePlane(raster: Raster, weights: readonly [number, number, number]): Plane {
  const { width, height, data } = raster
  const values = new Float32Array(width * height)
  const [red, green, blue] = weights
  for (let pixel = 0, at = 0; pixel < values.length; pixel += 1, at += 4) {
    values[pixel] = (data[at] ?? 0) * red + (data[at + 1] ?? 0) * green + (data[at + 2] ?? 0) * blue
  }
  return { width, height, data: values }
}

export function toByte(value: number): number {
  return value <= 0 ? 0 : value >= 255 ? 255 : Math.round(value)
}

/** A raster of the same size and alpha whose colours may be written. */
export function copyRaster(raster: Raster): Raster {
  return { width: raster.width, height: raster.height, data: Uint8Array.from(raster.data) }
}
