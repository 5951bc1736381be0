/** Turning pictures: quarter turns exactly, any angle by Catmull-Rom interpolation. */
import type { Size } from '../../../../imaging/geometry.ts'
import { createRaster, type Raster } from '../../../../imaging/raster.ts'

/** Clockwise by `quarters` times 90 degrees, without loss. */
export function turnQuarters(picture: Raster, quarters: number): Raster {
  const turns = ((quarters % 4) + 4) % 4
  if (turns === 0) return picture
  const { width, height } = picture
  const result = turns === 2 ? createRaster(width, height) : createRaster(height, width)
  const from = new Uint32Array(picture.data.buffer, picture.data.byteOffset, width * height)
  const to = new Uint32Array(result.data.buffer)
  for (let y = 0, at = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1, at += 1) {
      if (turns === 1) to[x * height + (height - 1 - y)] = from[at] ?? 0
      else if (turns === 2) to[to.length - 1 - at] = from[at] ?? 0
      else to[(width - 1 - x) * height + y] = from[at] ?? 0
    }
  }
  return result
}

/** The largest upright box of the picture's own aspect inside the turned picture. */
export function innerSize({ width, height }: Size, radians: number): Size {
  const [sin, cos] = [Math.abs(Math.sin(radians)), Math.abs(Math.cos(radians))]
  const scale = Math.min(width / (width * cos + height * sin), height / (width * sin + height * cos))
  return { width: Math.max(1, Math.floor(width * scale)), height: Math.max(1, Math.floor(height * scale)) }
}

/** The smallest upright box around the turned picture. */
export function outerSize({ width, height }: Size, radians: number): Size {
  const [sin, cos] = [Math.abs(Math.sin(radians)), Math.abs(Math.cos(radians))]
  return { width: Math.ceil(width * cos + height * sin), height: Math.ceil(width * sin + height * cos) }
}

/** What lies beyond the border: nothing, or the picture mirrored. */
export type Beyond = 'transparent' | 'mirror'

/** The picture turned clockwise about its centre, seen through a window of this size. */
export function turnRaster(picture: Raster, radians: number, view: Size & { beyond: Beyond }): Raster {
  const result = createRaster(view.width, view.height)
  const [sin, cos] = [Math.sin(radians), Math.cos(radians)]
  const sample = createSampler(picture, view.beyond)
  const [centreX, centreY] = [picture.width / 2, picture.height / 2]
  for (let y = 0, at = 0; y < view.height; y += 1) {
    const v = y + 0.5 - view.height / 2
    for (let x = 0; x < view.width; x += 1, at += 4) {
      const u = x + 0.5 - view.width / 2
      sample({ x: centreX + u * cos + v * sin - 0.5, y: centreY - u * sin + v * cos - 0.5 }, result.data, at)
    }
  }
  return result
}

function createSampler(
  { width, height, data }: Raster,
  beyond: Beyond,
): (place: { x: number; y: number }, out: Uint8Array, at: number) => void {
  const sums = new Float32Array(4)
  const [across, down] = [new Float32Array(4), new Float32Array(4)]
  return ({ x, y }, out, at) => {
    const [left, top] = [Math.floor(x), Math.floor(y)]
    catmullRom(x - left, across)
    catmullRom(y - top, down)
    sums.fill(0)
    for (let row = 0; row < 4; row += 1) {
      for (let column = 0; column < 4; column += 1) {
        const px = placeIn(left + column - 1, width, beyond)
        const py = placeIn(top + row - 1, height, beyond)
        if (px < 0 || py < 0) continue
        addSample(sums, { data, at: (py * width + px) * 4 }, (across[column] ?? 0) * (down[row] ?? 0))
      }
    }
    writeSample(sums, out, at)
  }
}

/** Index of a pixel, mirrored back inside, or -1 when there is none. */
function placeIn(index: number, length: number, beyond: Beyond): number {
  if (index >= 0 && index < length) return index
  if (beyond === 'transparent') return -1
  const period = 2 * length
  const folded = ((index % period) + period) % period
  return folded < length ? folded : period - 1 - folded
}

function addSample(sums: Float32Array, { data, at }: { data: Uint8Array; at: number }, weight: number): void {
  const alpha = (data[at + 3] ?? 0) * weight
  for (let channel = 0; channel < 3; channel += 1)
    sums[channel] = (sums[channel] ?? 0) + ((data[at + channel] ?? 0) * alpha) / 255
  sums[3] = (sums[3] ?? 0) + alpha
}

function writeSample(sums: Float32Array, out: Uint8Array, at: number): void {
  const alpha = Math.min(255, Math.max(0, sums[3] ?? 0))
  const scale = alpha > 0.5 ? 255 / alpha : 0
  for (let channel = 0; channel < 3; channel += 1)
    out[at + channel] = Math.min(255, Math.max(0, Math.round((sums[channel] ?? 0) * scale)))
  out[at + 3] = Math.round(alpha)
}

function catmullRom(t: number, weights: Float32Array): void {
  weights[0] = ((2 - t) * t - 1) * t * 0.5
  weights[1] = ((3 * t - 5) * t * t + 2) * 0.5
  weights[2] = ((4 - 3 * t) * t + 1) * t * 0.5
  weights[3] = (t - 1) * t * t * 0.5
}
