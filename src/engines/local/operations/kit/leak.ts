import { createRaster, type Raster } from '../../../../imaging/raster.ts'
import { hexColour } from '../../effects/kit/colour.ts'
import { byteOf } from '../../effects/kit/paint.ts'
import { createRandom } from '../../effects/kit/random.ts'

/** Stray light from one side of the film, screened over the picture; the seed chooses side and place. */
export function addLightLeak(
  picture: Raster,
  { amount, colour, seed }: { amount: number; colour: string; seed: number },
): Raster {
  if (amount <= 0) return picture
  const { width, height, data } = picture
  const lightAt = createLeak(seed)
  const ink = hexColour(colour)
  const result = createRaster(width, height)
  for (let y = 0, at = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1, at += 4) {
      const light = lightAt(x / width, y / height) * amount
      for (let channel = 0; channel < 3; channel += 1) {
        // Where it is strongest, the light burns towards white.
        const own = Math.min(1, light * ((ink[channel] ?? 1) + light * light * 0.5))
        result.data[at + channel] = byteOf(1 - (1 - (data[at + channel] ?? 0) / 255) * (1 - own))
      }
      result.data[at + 3] = data[at + 3] ?? 255
    }
  }
  return result
}

/** Two soft flares on one side and a faint one opposite; places from 0 to 1. */
function createLeak(seed: number): (u: number, v: number) => number {
  const random = createRandom(seed)
  const isRight = random() < 0.5
  const flares = [
    { u: isRight ? 1.02 : -0.02, v: 0.15 + random() * 0.6, across: 0.26, along: 0.42, gain: 1 },
    { u: isRight ? 0.92 : 0.08, v: random(), across: 0.3, along: 0.22, gain: 0.55 },
    { u: isRight ? -0.05 : 1.05, v: random(), across: 0.18, along: 0.5, gain: 0.4 },
  ]
  return (u, v) =>
    flares.reduce((sum, flare) => {
      const distance = ((u - flare.u) / flare.across) ** 2 + ((v - flare.v) / flare.along) ** 2
      return sum + flare.gain * Math.exp(-distance)
    }, 0)
}
