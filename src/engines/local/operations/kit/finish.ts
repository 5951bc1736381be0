/** What lies over a finished picture: grain, vignette, glow, halation. Used alone and inside looks. */
import { createRaster, type Raster } from '../../../../imaging/raster.ts'
import { blur } from '../../effects/kit/blur.ts'
import { grainNoise } from '../../effects/kit/noise.ts'
import { byteOf } from '../../effects/kit/paint.ts'
import { greyOf, pixelsOf, smoothstep, type Plane } from '../../effects/kit/plane.ts'
import { toLinear } from './light.ts'
import { byteOfLight } from './light-planes.ts'

const LINEAR = Float32Array.from({ length: 256 }, (_, value) => toLinear(value / 255))

/** Adds `changeAt(pixel, channel)` (0 to 1 of full scale) to each channel. */
function addTo(picture: Raster, changeAt: (pixel: number, channel: number) => number): Raster {
  const { width, height, data } = picture
  const result = createRaster(width, height)
  for (let pixel = 0, at = 0; at < data.length; pixel += 1, at += 4) {
    for (let channel = 0; channel < 3; channel += 1)
      result.data[at + channel] = byteOf((data[at + channel] ?? 0) / 255 + changeAt(pixel, channel))
    result.data[at + 3] = data[at + 3] ?? 255
  }
  return result
}

/** Noise of unit deviation with clumps of about `size` pixels. */
export function unitNoise(picture: Raster, size: number, seed: number): Plane {
  const noise = blur(grainNoise(picture, seed), size * 0.6)
  let [sum, squares] = [0, 0]
  for (const value of noise.data) {
    sum += value
    squares += value * value
  }
  const mean = sum / noise.data.length
  const deviation = Math.sqrt(Math.max(1e-9, squares / noise.data.length - mean * mean))
  for (let at = 0; at < noise.data.length; at += 1)
    noise.data[at] = ((noise.data[at] ?? 0) - mean) / deviation
  return noise
}

export type Grain = { amount: number; size: number; isColoured: boolean }

/** Film grain: strongest in the middle tones, almost none in black and white. `size` as a fraction of the shorter side. */
export function addGrain(picture: Raster, { amount, size, isColoured }: Grain, seed: number): Raster {
  if (amount <= 0) return picture
  const clump = pixelsOf(picture, size, 0.5)
  const shared = unitNoise(picture, clump, seed)
  // Reddish here, bluish there: one field for both ends of the spectrum is enough for the eye.
  const hues = isColoured ? unitNoise(picture, clump, seed + 1).data : null
  const grey = greyOf(picture).data
  return addTo(picture, (pixel, channel) => {
    const tone = grey[pixel] ?? 0
    const strength = amount * 0.105 * (0.25 + 3 * tone * (1 - tone))
    const hue = hues === null ? 0 : (hues[pixel] ?? 0) * (1 - channel) * 0.5
    return ((shared.data[pixel] ?? 0) + hue) * strength
  })
}

/** Darkens (amount above 0) or lightens towards the corners, in linear light, as a lens does. */
export function addVignette(picture: Raster, options: { amount: number; radius: number }): Raster {
  const { amount, radius } = options
  if (amount === 0) return picture
  const { width, height, data } = picture
  const result = createRaster(width, height)
  for (let y = 0, at = 0; y < height; y += 1) {
    const v = ((y + 0.5) / height) * 2 - 1
    for (let x = 0; x < width; x += 1, at += 4) {
      const u = ((x + 0.5) / width) * 2 - 1
      const fall = smoothstep(radius * 0.55, 1.45, Math.hypot(u, v)) * amount
      for (let channel = 0; channel < 3; channel += 1) {
        const light = LINEAR[data[at + channel] ?? 0] ?? 0
        result.data[at + channel] = byteOfLight(
          fall > 0 ? light * (1 - fall * 0.92) : light - (1 - light) * fall,
        )
      }
      result.data[at + 3] = data[at + 3] ?? 255
    }
  }
  return result
}

export type Glow = {
  amount: number
  /** σ as a fraction of the shorter side. */
  radius: number
  /** Only light above this spreads. */
  threshold: number
  /** How much of each channel spreads. */
  colour: readonly [number, number, number]
}

/** Bright areas spill light over their surroundings: bloom, or halation when the colour is red. */
export function addGlow(picture: Raster, { amount, radius, threshold, colour }: Glow): Raster {
  if (amount <= 0) return picture
  const sigma = pixelsOf(picture, radius)
  const spilled = [0, 1, 2].map((channel) => blur(brightLight(picture, channel, threshold), sigma).data)
  const { width, height, data } = picture
  const result = createRaster(width, height)
  for (let pixel = 0, at = 0; at < data.length; pixel += 1, at += 4) {
    for (let channel = 0; channel < 3; channel += 1) {
      const light = LINEAR[data[at + channel] ?? 0] ?? 0
      const spill = (spilled[channel]?.[pixel] ?? 0) * amount * (colour[channel] ?? 1)
      // Screened, not added: what is white already stays white.
      result.data[at + channel] = byteOfLight(1 - (1 - light) * (1 - Math.min(1, spill)))
    }
    result.data[at + 3] = data[at + 3] ?? 255
  }
  return result
}

function brightLight({ width, height, data }: Raster, channel: number, threshold: number): Plane {
  const light = new Float32Array(width * height)
  for (let pixel = 0, at = channel; pixel < light.length; pixel += 1, at += 4) {
    const value = data[at] ?? 0
    light[pixel] = (LINEAR[value] ?? 0) * smoothstep(threshold, Math.min(1, threshold + 0.35), value / 255)
  }
  return { width, height, data: light }
}
