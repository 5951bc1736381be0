/** Small pictures and measures for the tests of the effects. */
import { createRaster, type Raster } from '../../../imaging/raster.ts'
import type { OperationValues } from '../operation.ts'
import { EFFECTS } from './index.ts'
import type { Plane } from './kit/plane.ts'

/** Runs an effect by name. */
export function draw(name: string, picture: Raster, values: OperationValues = {}): Raster {
  const effect = EFFECTS.find((one) => one.name === name)
  if (effect === undefined) throw new Error(`no effect is called ${name}`)
  return effect.apply(picture, values, { seed: 7, onProgress: () => {} })
}

/** An opaque picture from a function that answers sRGB bytes. */
export function picture(
  width: number,
  height: number,
  colourAt: (x: number, y: number) => readonly [number, number, number],
): Raster {
  const raster = createRaster(width, height)
  for (let at = 0; at < width * height; at += 1) {
    raster.data.set([...colourAt(at % width, Math.floor(at / width)), 255], at * 4)
  }
  return raster
}

/** One colour everywhere. */
export function flat(side: number, colour: readonly [number, number, number]): Raster {
  return picture(side, side, () => colour)
}

/** A black disc on white. */
export function disc(side: number): Raster {
  return picture(side, side, (x, y) => {
    const edge = Math.hypot(x + 0.5 - side / 2, y + 0.5 - side / 2) - side * 0.3
    const value = Math.round(255 * Math.min(1, Math.max(0, edge + 0.5)))
    return [value, value, value]
  })
}

/** Mean of a region of a plane. */
export function mean(plane: Plane, keep: (x: number, y: number) => boolean = () => true): number {
  let sum = 0
  let count = 0
  for (let y = 0, at = 0; y < plane.height; y += 1) {
    for (let x = 0; x < plane.width; x += 1, at += 1) {
      if (!keep(x, y)) continue
      sum += plane.data[at] ?? 0
      count += 1
    }
  }
  return sum / count
}

/** Standard deviation of a plane. */
export function spread(plane: Plane): number {
  const middle = mean(plane)
  return Math.sqrt(mean({ ...plane, data: plane.data.map((value) => (value - middle) ** 2) }))
}

/** Pearson's correlation of two planes of one size, -1 to 1. */
export function correlation(first: Plane, second: Plane): number {
  const [a, b] = [mean(first), mean(second)]
  const product = first.data.map((value, at) => (value - a) * ((second.data[at] ?? 0) - b))
  return mean({ ...first, data: product }) / (spread(first) * spread(second))
}

/** Different colours of the opaque part. */
export function colours(raster: Raster): Set<string> {
  const found = new Set<string>()
  for (let at = 0; at < raster.data.length; at += 4) found.add(raster.data.subarray(at, at + 3).join())
  return found
}

/** Largest difference between the channels of a pixel, 0 to 255: 0 is a picture without colour. */
export function mostChroma({ data }: Raster): number {
  let most = 0
  for (let at = 0; at < data.length; at += 4) {
    const red = data[at] ?? 0
    const green = data[at + 1] ?? 0
    const blue = data[at + 2] ?? 0
    most = Math.max(most, Math.max(red, green, blue) - Math.min(red, green, blue))
  }
  return most
}

/** Likeness of a line of values to itself moved by `lag`, -1 to 1. */
export function autocorrelation(line: readonly number[], lag: number): number {
  const middle = line.reduce((sum, value) => sum + value, 0) / line.length
  const centred = line.map((value) => value - middle)
  const power = centred.reduce((sum, value) => sum + value * value, 0) / line.length
  const shared = centred.slice(lag).reduce((sum, value, at) => sum + value * (centred[at] ?? 0), 0)
  return shared / (line.length - lag) / power
}
