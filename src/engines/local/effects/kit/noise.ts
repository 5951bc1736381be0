/** Value noise and what is made of it: paper, canvas, strokes. All 0 to 1 with a mean near 0.5. */
import type { Size } from '../../../../imaging/geometry.ts'
import { fillPlane, mapPlane, type Plane } from './plane.ts'
import { hashAt } from './random.ts'

/** Smooth noise with one random value per unit square. */
export function valueNoise(x: number, y: number, seed: number): number {
  const left = Math.floor(x)
  const top = Math.floor(y)
  const u = x - left
  const v = y - top
  const su = u * u * (3 - 2 * u)
  const sv = v * v * (3 - 2 * v)
  const upper = hashAt(left, top, seed) * (1 - su) + hashAt(left + 1, top, seed) * su
  const lower = hashAt(left, top + 1, seed) * (1 - su) + hashAt(left + 1, top + 1, seed) * su
  return upper * (1 - sv) + lower * sv
}

/** Octaves of value noise, each half as large and half as strong. */
export function cloudNoise(size: Size, options: { scale: number; octaves: number; seed: number }): Plane {
  const { scale, octaves, seed } = options
  const total = 2 - 2 ** (1 - octaves)
  return fillPlane(size, (x, y) => {
    let sum = 0
    let weight = 1
    let frequency = 1 / scale
    for (let octave = 0; octave < octaves; octave += 1) {
      sum += valueNoise(x * frequency + octave * 17.3, y * frequency - octave * 9.1, seed + octave) * weight
      weight /= 2
      frequency *= 2
    }
    return sum / total
  })
}

/** White noise, one value a pixel. */
export function grainNoise(size: Size, seed: number): Plane {
  return fillPlane(size, (x, y) => hashAt(x, y, seed))
}

/**
 * Cold-pressed paper: hills and pits of about `tooth` pixels, contrast stretched to fill 0 to 1.
 * Pigment settles in the low values.
 */
export function paperTexture(size: Size, tooth: number, seed: number): Plane {
  const wide = cloudNoise(size, { scale: tooth, octaves: 3, seed })
  return mapPlane(wide, (value) => Math.min(1, Math.max(0, (value - 0.5) * 1.9 + 0.5)))
}

/** Plain weave of threads `pitch` pixels apart, over and under in turn, with uneven threads. */
export function canvasTexture(size: Size, pitch: number, seed: number): Plane {
  return fillPlane(size, (x, y) => {
    const u = x / pitch + (valueNoise(x / pitch / 5, y / pitch / 9, seed) - 0.5) * 0.7
    const v = y / pitch + (valueNoise(x / pitch / 9, y / pitch / 5, seed + 1) - 0.5) * 0.7
    const warp = Math.abs(Math.sin(u * Math.PI))
    const weft = Math.abs(Math.sin(v * Math.PI))
    const isWarpOnTop = (Math.floor(u) + Math.floor(v)) % 2 === 0
    return isWarpOnTop ? warp * (0.6 + 0.4 * weft) : weft * (0.6 + 0.4 * warp)
  })
}

export type StrokeOptions = {
  /** Direction in degrees, clockwise from the x axis. */
  angle: number
  /** Pixels. */
  length: number
  /** Pixels. */
  width: number
  seed: number
}

/** Parallel strokes of a hand: noise stretched along one direction, slightly bent, with ragged ends. */
export function strokeTexture(size: Size, options: StrokeOptions): Plane {
  const { length, width, seed } = options
  const cos = Math.cos((options.angle * Math.PI) / 180)
  const sin = Math.sin((options.angle * Math.PI) / 180)
  return fillPlane(size, (x, y) => {
    const along = (x * cos + y * sin) / length
    const bend = (valueNoise(along * 0.7, (y * cos - x * sin) / length, seed + 7) - 0.5) * 1.6
    const across = (y * cos - x * sin) / width + bend * 3
    // Each lane starts elsewhere, or the ends of the strokes would form seams.
    const lane = Math.floor(across)
    const u = across - lane
    const first = valueNoise(along + hashAt(lane, 0, seed) * 50, lane, seed + 1)
    const second = valueNoise(along + hashAt(lane + 1, 0, seed) * 50, lane + 1, seed + 1)
    const smooth = u * u * (3 - 2 * u)
    return Math.min(1, Math.max(0, (first * (1 - smooth) + second * smooth - 0.5) * 1.35 + 0.5))
  })
}
