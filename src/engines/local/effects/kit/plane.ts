/** One channel of a picture as floats, mostly 0 to 1, and how to fill, read and rescale it. */
import type { Size } from '../../../../imaging/geometry.ts'
import type { Raster } from '../../../../imaging/raster.ts'

export type Plane = Size & { data: Float32Array }

/** Every pixel from its place. */
export function fillPlane({ width, height }: Size, valueAt: (x: number, y: number) => number): Plane {
  const data = new Float32Array(width * height)
  for (let y = 0, at = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1, at += 1) data[at] = valueAt(x, y)
  }
  return { width, height, data }
}

/** Every pixel from its old value and its index. */
export function mapPlane(plane: Plane, change: (value: number, at: number) => number): Plane {
  const data = new Float32Array(plane.data.length)
  for (let at = 0; at < data.length; at += 1) data[at] = change(plane.data[at] ?? 0, at)
  return { width: plane.width, height: plane.height, data }
}

/** The luma of sRGB values (BT.709 weights), 0 to 1: the tone that an eye compares with paper and ink. */
export function greyOf({ width, height, data }: Raster): Plane {
  const grey = new Float32Array(width * height)
  for (let pixel = 0, at = 0; pixel < grey.length; pixel += 1, at += 4) {
    grey[pixel] =
      ((data[at] ?? 0) * 0.2126 + (data[at + 1] ?? 0) * 0.7152 + (data[at + 2] ?? 0) * 0.0722) / 255
  }
  return { width, height, data: grey }
}

/** Bilinear between pixel indices; beyond the border the edge repeats. */
export function sampleAt({ width, height, data }: Plane, x: number, y: number): number {
  const px = x <= 0 ? 0 : x >= width - 1 ? width - 1 : x
  const py = y <= 0 ? 0 : y >= height - 1 ? height - 1 : y
  const left = px | 0
  const top = py | 0
  const u = px - left
  const v = py - top
  const at = top * width + left
  const right = left + 1 < width ? 1 : 0
  const below = top + 1 < height ? width : 0
  const upper = (data[at] ?? 0) * (1 - u) + (data[at + right] ?? 0) * u
  const lower = (data[at + below] ?? 0) * (1 - u) + (data[at + below + right] ?? 0) * u
  return upper * (1 - v) + lower * v
}

/** The value below which this share (0 to 1) of the pixels lies; an estimate from at most 8,000 of them. */
export function quantile(plane: Plane, share: number): number {
  const step = Math.max(1, Math.floor(plane.data.length / 8000))
  const picked = new Float32Array(Math.ceil(plane.data.length / step))
  for (let index = 0; index < picked.length; index += 1) picked[index] = plane.data[index * step] ?? 0
  picked.sort()
  return picked[Math.min(picked.length - 1, Math.floor(share * picked.length))] ?? 0
}

/**
 * Tones stretched so that 1 % are black and 1 % white, with a gamma that brings the median towards `middle`.
 * A picture of one tone is returned as it is: there is nothing to stretch.
 */
export function levelTones(grey: Plane, middle: number): Plane {
  const black = quantile(grey, 0.01)
  const white = quantile(grey, 0.99)
  if (white - black < 0.02) return grey
  const stretch = (value: number): number => clamp01((value - black) / (white - black))
  const median = Math.min(0.95, Math.max(0.05, stretch(quantile(grey, 0.5))))
  const gamma = Math.min(1.6, Math.max(0.5, Math.log(middle) / Math.log(median)))
  return mapPlane(grey, (value) => stretch(value) ** gamma)
}

/** The number nearest to `value` in 0 to 1. */
export function clamp01(value: number): number {
  return value <= 0 ? 0 : value >= 1 ? 1 : value
}

/** 0 below `from`, 1 above `to`, smooth between; `from` may be the larger one. */
export function smoothstep(from: number, to: number, value: number): number {
  const t = clamp01((value - from) / (to - from))
  return t * t * (3 - 2 * t)
}

/** A length given as a fraction of the shorter side, in pixels, at least `least`. */
export function pixelsOf({ width, height }: Size, fraction: number, least = 1): number {
  return Math.max(least, Math.min(width, height) * fraction)
}
