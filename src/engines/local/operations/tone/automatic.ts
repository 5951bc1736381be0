/** Corrections that measure the picture first. */
import type { Raster } from '../../../../imaging/raster.ts'
import { createEffect } from '../../effects/kit/effect.ts'
import { greyOf, quantile } from '../../effects/kit/plane.ts'
import { mapTones } from '../kit/lab-edit.ts'
import { keepLuma, scaleLight, toLinear } from '../kit/light.ts'

/** Share of pixels that may become pure black or pure white. */
const CLIPPED = 0.004
/** Norm of "shades of grey" (Finlayson and Trezzi 2004): between the mean and the brightest pixel. */
const NORM = 6
/** A stronger cast is taken for the colour of the thing itself. */
const MAX_GAIN = 1.8
/** Least ratio of the weakest to the strongest channel in a pixel that may be a grey under coloured light. */
const MIN_NEUTRAL = 0.45

export const autoLevels = createEffect({
  name: 'auto_levels',
  summary: 'Stretches the tones to the full range and brings the median half way to the middle.',
  defaults: { amount: 1 },
  draw: (picture, { amount }) => {
    const grey = greyOf(picture)
    const [black, white] = [quantile(grey, CLIPPED), quantile(grey, 1 - CLIPPED)]
    // A picture of one tone has nothing to stretch.
    if (white - black < 0.04) return picture
    const median = Math.min(0.9, Math.max(0.1, (quantile(grey, 0.5) - black) / (white - black)))
    const power = (Math.log(0.47) / Math.log(median)) ** 0.5
    const bounded = Math.min(1.35, Math.max(0.65, power))
    return mapTones(picture, (value) => {
      const stretched = Math.max(0, (value - black) / (white - black)) ** bounded
      return value + (stretched - value) * amount
    })
  },
})

export const autoWhiteBalance = createEffect({
  name: 'auto_white_balance',
  summary: 'Estimates the colour of the light and makes it neutral.',
  defaults: { amount: 1 },
  draw: (picture, { amount }) => {
    const light = lightColour(picture)
    const mean = (light[0] + light[1] + light[2]) / 3
    const gain = (channel: number): number =>
      Math.min(MAX_GAIN, Math.max(1 / MAX_GAIN, mean / Math.max(1e-4, channel))) ** amount
    return scaleLight(picture, keepLuma([gain(light[0]), gain(light[1]), gain(light[2])]))
  },
})

function lightColour({ data }: Raster): [number, number, number] {
  const powers = Float64Array.from({ length: 256 }, (_, value) => toLinear(value / 255) ** NORM)
  const sums: [number, number, number] = [0, 0, 0]
  for (let at = 0; at < data.length; at += 4) {
    const most = Math.max(data[at] ?? 0, data[at + 1] ?? 0, data[at + 2] ?? 0)
    const least = Math.min(data[at] ?? 0, data[at + 1] ?? 0, data[at + 2] ?? 0)
    // Clipped pixels say nothing about the light any more, strongly coloured ones speak of themselves.
    if (most >= 250 || least < most * MIN_NEUTRAL) continue
    for (const channel of [0, 1, 2] as const) sums[channel] += powers[data[at + channel] ?? 0] ?? 0
  }
  if (sums[0] === 0) return [1, 1, 1]
  return [sums[0] ** (1 / NORM), sums[1] ** (1 / NORM), sums[2] ** (1 / NORM)]
}
