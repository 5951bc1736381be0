/** Keeps the generative network from changing the colour of whole areas, and mixes two results. */
import { createRaster, type Raster } from '../../../imaging/raster.ts'

/** In output pixels: structure finer than this is the network's, everything wider is the source's. */
const SIGMA = 6

/** Three floats a pixel. */
type Field = { width: number; height: number; data: Float32Array }

/**
 * Gives `enlarged` the low frequencies of `source`: `enlarged + blur(source enlarged) − blur(enlarged)` with a
 * Gaussian of σ 6. It is computed at the size of the source, where that blur is σ 6 / scale: what is left after
 * such a blur needs no more pixels, and the whole fix then costs a few per cent of one network pass.
 * Without it `gans` turns sepia grey. Changes `enlarged`.
 * @param enlarged exactly `scale` times the size of `source`, both opaque
 */
export function keepLowFrequencies(enlarged: Raster, source: Raster, scale: number): void {
  const difference = subtractReduced(source, enlarged, scale)
  addEnlarged(enlarged, blur(difference, SIGMA / scale), scale)
}

function subtractReduced(source: Raster, enlarged: Raster, scale: number): Field {
  const { width, height } = source
  const data = new Float32Array(width * height * 3)
  const share = 1 / (scale * scale)
  for (let y = 0; y < enlarged.height; y += 1) {
    const row = Math.floor(y / scale) * width
    for (let x = 0; x < enlarged.width; x += 1) {
      const from = (y * enlarged.width + x) * 4
      const to = (row + Math.floor(x / scale)) * 3
      for (let c = 0; c < 3; c += 1)
        data[to + c] = (data[to + c] ?? 0) - (enlarged.data[from + c] ?? 0) * share
    }
  }
  for (let pixel = 0; pixel < width * height; pixel += 1) {
    for (let c = 0; c < 3; c += 1) {
      data[pixel * 3 + c] = (data[pixel * 3 + c] ?? 0) + (source.data[pixel * 4 + c] ?? 0)
    }
  }
  return { width, height, data }
}

/** Separable Gaussian; beyond the border the edge pixel repeats. */
function blur(field: Field, sigma: number): Field {
  const kernel = gaussian(sigma)
  const { width, height } = field
  const across = blurLine(field, kernel, { step: 1, length: width })
  return blurLine(across, kernel, { step: width, length: height })
}

function gaussian(sigma: number): Float32Array {
  const radius = Math.ceil(sigma * 3)
  const weights = Float32Array.from({ length: radius * 2 + 1 }, (_, i) =>
    Math.exp(-((i - radius) ** 2) / (2 * sigma ** 2)),
  )
  const sum = weights.reduce((total, weight) => total + weight, 0)
  return weights.map((weight) => weight / sum)
}

/** `step` is the distance in pixels between neighbours along the line, `length` the pixels of a line. */
function blurLine(field: Field, kernel: Float32Array, line: { step: number; length: number }): Field {
  const { step, length } = line
  const radius = (kernel.length - 1) / 2
  const data = new Float32Array(field.data.length)
  for (let pixel = 0; pixel < field.width * field.height; pixel += 1) {
    const place = Math.floor(pixel / step) % length
    for (let tap = -radius; tap <= radius; tap += 1) {
      const shift = Math.min(length - 1, Math.max(0, place + tap)) - place
      const from = (pixel + shift * step) * 3
      const weight = kernel[tap + radius] ?? 0
      for (let c = 0; c < 3; c += 1) {
        data[pixel * 3 + c] = (data[pixel * 3 + c] ?? 0) + (field.data[from + c] ?? 0) * weight
      }
    }
  }
  return { width: field.width, height: field.height, data }
}

/** Bilinear, pixel centres aligned; a blurred field needs no better kernel. */
function addEnlarged(raster: Raster, field: Field, scale: number): void {
  const columns = neighbours(raster.width, field.width, scale)
  const rows = neighbours(raster.height, field.height, scale)
  for (let y = 0; y < raster.height; y += 1) {
    const upper = (rows.first[y] ?? 0) * field.width
    const lower = (rows.second[y] ?? 0) * field.width
    const v = rows.weight[y] ?? 0
    for (let x = 0; x < raster.width; x += 1) {
      const left = columns.first[x] ?? 0
      const right = columns.second[x] ?? 0
      const u = columns.weight[x] ?? 0
      const to = (y * raster.width + x) * 4
      for (let c = 0; c < 3; c += 1) {
        const at = (index: number) => field.data[index * 3 + c] ?? 0
        const top = at(upper + left) * (1 - u) + at(upper + right) * u
        const bottom = at(lower + left) * (1 - u) + at(lower + right) * u
        raster.data[to + c] = toByte((raster.data[to + c] ?? 0) + top * (1 - v) + bottom * v)
      }
    }
  }
}

type Neighbours = { first: Uint32Array; second: Uint32Array; weight: Float32Array }

function neighbours(length: number, sourceLength: number, scale: number): Neighbours {
  const places = Array.from({ length }, (_, index) =>
    Math.min(sourceLength - 1, Math.max(0, (index + 0.5) / scale - 0.5)),
  )
  return {
    first: Uint32Array.from(places, Math.floor),
    second: Uint32Array.from(places, (place) => Math.min(sourceLength - 1, Math.floor(place) + 1)),
    weight: Float32Array.from(places, (place) => place - Math.floor(place)),
  }
}

/** `share` of `second`, the rest of `first`; same size, opaque. */
export function mixRasters(first: Raster, second: Raster, share: number): Raster {
  const result = createRaster(first.width, first.height)
  for (let at = 0; at < result.data.length; at += 1) {
    const value = first.data[at] ?? 0
    result.data[at] = toByte(value + ((second.data[at] ?? 0) - value) * share)
  }
  return result
}

function toByte(value: number): number {
  return value <= 0 ? 0 : value >= 255 ? 255 : Math.round(value)
}
