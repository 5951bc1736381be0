/** Haze removal by the dark channel prior (He, Sun and Tang 2009) with a guided filter for the transmission. */
import { createRaster, type Raster } from '../../../../imaging/raster.ts'
import { createEffect } from '../../effects/kit/effect.ts'
import { byteOf } from '../../effects/kit/paint.ts'
import { greyOf, pixelsOf, type Plane } from '../../effects/kit/plane.ts'
import { guidedFilter } from '../kit/guided.ts'

/** Haze is never thought thicker than this: what is behind would be noise. */
const LEAST_TRANSMISSION = 0.25

export const dehaze = createEffect({
  name: 'dehaze',
  summary: 'Takes off the veil that fog or haze lays over a picture.',
  defaults: { amount: 0.6 },
  draw: (picture, { amount }) => {
    const dark = darkChannel(picture)
    const air = airlight(picture, dark)
    const brightest = Math.max(...air)
    const thickness = { ...dark, data: dark.data.map((value) => value / Math.max(0.2, brightest)) }
    const smooth = guidedFilter(greyOf(picture), thickness, { sigma: pixelsOf(picture, 0.03, 2), edge: 0.03 })
    return clear(picture, air, (at) =>
      Math.max(LEAST_TRANSMISSION, 1 - amount * 0.9 * (smooth.data[at] ?? 0)),
    )
  },
})

/** The darkest channel in the neighbourhood of each pixel: near 0 where nothing veils the picture. */
function darkChannel(picture: Raster): Plane {
  const { width, height, data } = picture
  const least = new Float32Array(width * height)
  for (let pixel = 0, at = 0; pixel < least.length; pixel += 1, at += 4)
    least[pixel] = Math.min(data[at] ?? 0, data[at + 1] ?? 0, data[at + 2] ?? 0) / 255
  const radius = Math.round(pixelsOf(picture, 0.01))
  const across = leastAlong(
    { width, height, data: least },
    { step: 1, lines: height, lineStep: width, length: width, radius },
  )
  return leastAlong(across, { step: width, lines: width, lineStep: 1, length: height, radius })
}

type Walk = { step: number; lines: number; lineStep: number; length: number; radius: number }

function leastAlong(plane: Plane, { step, lines, lineStep, length, radius }: Walk): Plane {
  const result = new Float32Array(plane.data.length)
  for (let line = 0; line < lines; line += 1) {
    for (let place = 0; place < length; place += 1) {
      let least = Infinity
      const last = Math.min(length - 1, place + radius)
      for (let near = Math.max(0, place - radius); near <= last; near += 1)
        least = Math.min(least, plane.data[line * lineStep + near * step] ?? Infinity)
      result[line * lineStep + place * step] = least
    }
  }
  return { width: plane.width, height: plane.height, data: result }
}

/** Mean colour where the veil is thickest (the top 0.1 %), 0 to 1. */
function airlight({ data }: Raster, dark: Plane): [number, number, number] {
  const limit = dark.data.toSorted()[Math.floor(dark.data.length * 0.999)] ?? 1
  const sums: [number, number, number] = [0, 0, 0]
  let count = 0
  for (let pixel = 0; pixel < dark.data.length; pixel += 1) {
    if ((dark.data[pixel] ?? 0) < limit) continue
    count += 1
    for (const channel of [0, 1, 2] as const) sums[channel] += (data[pixel * 4 + channel] ?? 0) / 255
  }
  return [sums[0] / count, sums[1] / count, sums[2] / count]
}

function clear(
  { width, height, data }: Raster,
  air: readonly number[],
  transmissionAt: (pixel: number) => number,
): Raster {
  const result = createRaster(width, height)
  for (let pixel = 0, at = 0; at < data.length; pixel += 1, at += 4) {
    const transmission = transmissionAt(pixel)
    for (let channel = 0; channel < 3; channel += 1) {
      const veil = air[channel] ?? 1
      result.data[at + channel] = byteOf(((data[at + channel] ?? 0) / 255 - veil) / transmission + veil)
    }
    result.data[at + 3] = data[at + 3] ?? 255
  }
  return result
}
