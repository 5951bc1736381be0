/** Gaussian blur, separable; beyond the border the edge repeats. */
import type { Plane } from './plane.ts'

/** Above this σ three running means replace the kernel: the difference is below 3 % and the cost constant. */
const DIRECT_SIGMA = 2.5

/** @param sigma in pixels; below 0.2 the plane is returned as it is */
export function blur(plane: Plane, sigma: number): Plane {
  if (sigma < 0.2) return plane
  const smooth = sigma <= DIRECT_SIGMA ? weighLine(gaussianKernel(sigma)) : averageLine(boxRadii(sigma))
  const across = alongRows(plane, smooth)
  return transpose(alongRows(transpose(across), smooth))
}

/** Weights that sum to 1, three σ to each side. */
export function gaussianKernel(sigma: number): Float32Array {
  const radius = Math.max(1, Math.ceil(sigma * 3))
  const weights = Float32Array.from({ length: radius * 2 + 1 }, (_, index) =>
    Math.exp(-((index - radius) ** 2) / (2 * sigma ** 2)),
  )
  const sum = weights.reduce((total, weight) => total + weight, 0)
  return weights.map((weight) => weight / sum)
}

/** Reads one row from `from`, writes it to `to`. */
type LineFilter = (from: Float32Array, to: Float32Array) => void

function alongRows({ width, height, data }: Plane, filter: LineFilter): Plane {
  const result = new Float32Array(data.length)
  for (let y = 0; y < height; y += 1) {
    filter(data.subarray(y * width, (y + 1) * width), result.subarray(y * width, (y + 1) * width))
  }
  return { width, height, data: result }
}

function weighLine(kernel: Float32Array): LineFilter {
  const radius = (kernel.length - 1) / 2
  return (from, to) => {
    const last = from.length - 1
    for (let x = 0; x <= last; x += 1) {
      let sum = 0
      for (let tap = -radius; tap <= radius; tap += 1) {
        const place = x + tap
        sum += (from[place < 0 ? 0 : place > last ? last : place] ?? 0) * (kernel[tap + radius] ?? 0)
      }
      to[x] = sum
    }
  }
}

/** Radii of three boxes with the variance of the Gaussian (Kovesi, "Fast almost-Gaussian filtering", 2010). */
function boxRadii(sigma: number): readonly number[] {
  const ideal = Math.sqrt((12 * sigma * sigma) / 3 + 1)
  const lower = Math.floor((ideal - 1) / 2)
  const width = lower * 2 + 1
  const narrow = Math.round((12 * sigma * sigma - 3 * width * width - 12 * width - 9) / (-4 * width - 4))
  return [0, 1, 2].map((index) => (index < narrow ? lower : lower + 1))
}

function averageLine(radii: readonly number[]): LineFilter {
  return (from, to) => {
    let source = from
    for (const radius of radii) {
      const target = new Float32Array(from.length)
      runningMean(source, target, radius)
      source = target
    }
    to.set(source)
  }
}

function runningMean(from: Float32Array, to: Float32Array, radius: number): void {
  const last = from.length - 1
  const first = from[0] ?? 0
  const end = from[last] ?? 0
  let sum = first * radius
  for (let x = 0; x <= radius; x += 1) sum += x > last ? end : (from[x] ?? 0)
  for (let x = 0; x <= last; x += 1) {
    to[x] = sum / (radius * 2 + 1)
    const enters = x + radius + 1
    const leaves = x - radius
    sum += (enters > last ? end : (from[enters] ?? 0)) - (leaves < 0 ? first : (from[leaves] ?? 0))
  }
}

function transpose({ width, height, data }: Plane): Plane {
  const result = new Float32Array(data.length)
  // In blocks, because a column walk over a wide picture misses the cache at every step.
  for (let top = 0; top < height; top += 32) {
    for (let left = 0; left < width; left += 32) {
      for (let y = top; y < Math.min(height, top + 32); y += 1) {
        for (let x = left; x < Math.min(width, left + 32); x += 1)
          result[x * height + y] = data[y * width + x] ?? 0
      }
    }
  }
  return { width: height, height: width, data: result }
}
