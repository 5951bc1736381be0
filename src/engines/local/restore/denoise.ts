import type { Raster } from '../../../imaging/raster.ts'
import type { PixelOperation } from '../operation.ts'
import { copyRaster, FROM_YCC, takePlane, TO_YCC, toByte, type Plane } from './plane.ts'

/** B3 spline, the usual smoothing of the "à trous" wavelet transform. */
const TAPS = [1 / 16, 4 / 16, 6 / 16, 4 / 16, 1 / 16] as const
/** Standard deviation of unit noise in each detail level of that transform (Starck, Murtagh 1998). */
const LEVEL_SIGMAS = [0.889, 0.2, 0.086] as const
/** Full strength removes everything below this many standard deviations of the noise. */
const THRESHOLD = 3
/** Eyes forgive lost colour detail sooner than colour noise. */
const CHROMA_GAIN = 1.6
/** Noise is measured in squares of this side, and taken from the calmest twentieth: texture is not noise. */
const BLOCK = 16
const CALM_SHARE = 0.05
/** Mean absolute value of unit Gaussian noise. */
const MEAN_ABSOLUTE = 0.7979

/**
 * Wavelet shrinkage: what is smaller than the measured noise goes, edges and texture above it stay.
 * A picture without noise is left as it is.
 */
export const denoise: PixelOperation = {
  name: 'denoise',
  summary: 'Removes as much fine grain as the calm areas of the picture show.',
  defaults: { amount: 0.5 },
  apply: (raster, values, { onProgress }) => {
    const amount = Number(values['amount'] ?? 0.5)
    if (amount <= 0) return raster
    const result = copyRaster(raster)
    for (const [channel, weights] of TO_YCC.entries()) {
      const plane = takePlane(raster, weights)
      const change = shrink(plane, amount * (channel === 0 ? 1 : CHROMA_GAIN))
      addPlane(result, change, FROM_YCC[channel] ?? [0, 0, 0])
      onProgress((channel + 1) / TO_YCC.length)
    }
    return result
  },
}

/** What must be added to the plane, so that nothing at all happens to pixels above the threshold. */
function shrink(plane: Plane, amount: number): Plane {
  const change = new Float32Array(plane.data.length)
  let current = plane
  let sigma = 0
  for (const [level, levelSigma] of LEVEL_SIGMAS.entries()) {
    const smooth = smoothWithHoles(current, 2 ** level)
    if (level === 0) sigma = measureNoise(current, smooth)
    if (sigma === 0) break
    const limit = amount * THRESHOLD * sigma * levelSigma
    for (let at = 0; at < change.length; at += 1) {
      const detail = (current.data[at] ?? 0) - (smooth.data[at] ?? 0)
      change[at] = (change[at] ?? 0) - noisePart(detail, limit)
    }
    current = smooth
  }
  return { width: plane.width, height: plane.height, data: change }
}

/** Non-negative garrote: all of a small detail is noise, and ever less of a large one. A soft threshold dulls edges. */
function noisePart(detail: number, limit: number): number {
  return Math.abs(detail) <= limit ? detail : (limit * limit) / detail
}

/** Five taps `hole` pixels apart, across and down; beyond the border the edge pixel repeats. */
function smoothWithHoles(plane: Plane, hole: number): Plane {
  return smoothDown(smoothAcross(plane, hole), hole)
}

function smoothAcross({ width, height, data }: Plane, hole: number): Plane {
  const result = new Float32Array(data.length)
  const shifts = TAPS.map((_, tap) => (tap - 2) * hole)
  for (let x = 0; x < width; x += 1) {
    const [a = 0, b = 0, c = 0, d = 0, e = 0] = shifts.map((shift) => clamp(x + shift, width - 1))
    for (let row = 0; row < data.length; row += width) result[row + x] = weigh(data, row, [a, b, c, d, e])
  }
  return { width, height, data: result }
}

function smoothDown({ width, height, data }: Plane, hole: number): Plane {
  const result = new Float32Array(data.length)
  const shifts = TAPS.map((_, tap) => (tap - 2) * hole)
  for (let y = 0; y < height; y += 1) {
    const [a = 0, b = 0, c = 0, d = 0, e = 0] = shifts.map((shift) => clamp(y + shift, height - 1) * width)
    const rows: Five = [a, b, c, d, e]
    for (let x = 0; x < width; x += 1) result[y * width + x] = weigh(data, x, rows)
  }
  return { width, height, data: result }
}

type Five = readonly [number, number, number, number, number]

function weigh(data: Float32Array, base: number, [a, b, c, d, e]: Five): number {
  const outer = ((data[base + a] ?? 0) + (data[base + e] ?? 0)) * TAPS[0]
  const inner = ((data[base + b] ?? 0) + (data[base + d] ?? 0)) * TAPS[1]
  return outer + inner + (data[base + c] ?? 0) * TAPS[2]
}

function clamp(value: number, most: number): number {
  return Math.min(most, Math.max(0, value))
}

/** Standard deviation of the noise in the plane. */
function measureNoise(plane: Plane, smooth: Plane): number {
  const { width, height } = plane
  const means: number[] = []
  for (let top = 0; top + BLOCK <= height; top += BLOCK) {
    for (let left = 0; left + BLOCK <= width; left += BLOCK) {
      let sum = 0
      for (let y = top; y < top + BLOCK; y += 1)
        for (let at = y * width + left; at < y * width + left + BLOCK; at += 1)
          sum += Math.abs((plane.data[at] ?? 0) - (smooth.data[at] ?? 0))
      means.push(sum / (BLOCK * BLOCK))
    }
  }
  const calm = means.sort((a, b) => a - b)[Math.floor(means.length * CALM_SHARE)] ?? 0
  return calm / (MEAN_ABSOLUTE * LEVEL_SIGMAS[0])
}

function addPlane(raster: Raster, plane: Plane, gains: readonly [number, number, number]): void {
  const { data } = raster
  for (let pixel = 0, at = 0; pixel < plane.data.length; pixel += 1, at += 4) {
    const value = plane.data[pixel] ?? 0
    for (const [channel, gain] of gains.entries())
      data[at + channel] = toByte((data[at + channel] ?? 0) + value * gain)
  }
}
