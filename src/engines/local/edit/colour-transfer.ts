/**
 * Gives a picture the colours of another: the linear Monge-Kantorovich map between their colour distributions
 * (Pitié and Kokaram 2007), the one of least movement that makes mean and covariance equal.
 */
import { createRaster, type Raster } from '../../../imaging/raster.ts'
import { mapSymmetric, multiply, type Matrix } from './matrix.ts'

/** Added to variances (full scale 1), so that a picture of one colour has a map too. */
const FLOOR = 1e-5
/** A flat source would be torn apart to match a rich style; noise and blocks would show. */
const MAX_STRETCH = 6

type Distribution = { mean: readonly [number, number, number]; covariance: Matrix }

/** @param share 0 keeps the picture, 1 gives it the style's colours entirely */
export function transferColours(picture: Raster, style: Raster, share: number): Raster {
  const [from, to] = [measure(picture), measure(style)]
  if (from === null || to === null || share <= 0) return picture
  return applyMap(picture, {
    map: transferMap(from.covariance, to.covariance),
    from: from.mean,
    to: to.mean,
    share,
  })
}

/** T = A^-1/2 (A^1/2 B A^1/2)^1/2 A^-1/2 */
function transferMap(a: Matrix, b: Matrix): Matrix {
  const root = mapSymmetric(a, Math.sqrt)
  const inverse = mapSymmetric(a, (value) => 1 / Math.sqrt(value))
  const middle = mapSymmetric(multiply(multiply(root, b), root), Math.sqrt)
  return mapSymmetric(multiply(multiply(inverse, middle), inverse), (value) => Math.min(MAX_STRETCH, value))
}

/** Mean and covariance of the visible pixels, 0 to 1; null when none is visible. */
function measure({ data }: Raster): Distribution | null {
  const sums = new Float64Array(3)
  const products = new Float64Array(9)
  let weight = 0
  for (let at = 0; at < data.length; at += 4) {
    const alpha = (data[at + 3] ?? 0) / 255
    if (alpha === 0) continue
    weight += alpha
    for (let row = 0; row < 3; row += 1) {
      const value = ((data[at + row] ?? 0) / 255) * alpha
      sums[row] = (sums[row] ?? 0) + value
      for (let column = row; column < 3; column += 1)
        products[row * 3 + column] =
          (products[row * 3 + column] ?? 0) + (value * (data[at + column] ?? 0)) / 255
    }
  }
  if (weight === 0) return null
  const [red = 0, green = 0, blue = 0] = sums.map((sum) => sum / weight)
  const mean = [red, green, blue] as const
  return { mean, covariance: covarianceOf(mean, products, weight) }
}

function covarianceOf(
  mean: readonly [number, number, number],
  products: Float64Array,
  weight: number,
): Matrix {
  return Array.from({ length: 9 }, (_, at) => {
    const [row, column] = [Math.floor(at / 3), at % 3]
    const product = products[Math.min(row, column) * 3 + Math.max(row, column)] ?? 0
    return product / weight - (mean[row] ?? 0) * (mean[column] ?? 0) + (row === column ? FLOOR : 0)
  })
}

type Transfer = { map: Matrix; from: readonly number[]; to: readonly number[]; share: number }

function applyMap({ width, height, data }: Raster, { map, from, to, share }: Transfer): Raster {
  const result = createRaster(width, height)
  for (let at = 0; at < data.length; at += 4) {
    const red = (data[at] ?? 0) / 255 - (from[0] ?? 0)
    const green = (data[at + 1] ?? 0) / 255 - (from[1] ?? 0)
    const blue = (data[at + 2] ?? 0) / 255 - (from[2] ?? 0)
    for (let channel = 0; channel < 3; channel += 1) {
      const own = data[at + channel] ?? 0
      const row = channel * 3
      const moved = (map[row] ?? 0) * red + (map[row + 1] ?? 0) * green + (map[row + 2] ?? 0) * blue
      const value = (moved + (to[channel] ?? 0)) * 255
      result.data[at + channel] = Math.min(255, Math.max(0, Math.round(own + (value - own) * share)))
    }
    result.data[at + 3] = data[at + 3] ?? 255
  }
  return result
}
