/** A picture as three planes of linear light, for blurs that must treat light as light. */
import { createRaster, type Raster } from '../../../../imaging/raster.ts'
import type { Plane } from '../../effects/kit/plane.ts'
import { fromLinear, toLinear } from './light.ts'

export type Light = readonly [Plane, Plane, Plane]

const TO_LINEAR = Float32Array.from({ length: 256 }, (_, value) => toLinear(value / 255))
/** Square-root spacing: sRGB is steep near black, where an even table would show steps. */
const STEPS = 4096
const FROM_ROOT = Uint8Array.from({ length: STEPS + 1 }, (_, step) =>
  Math.round(fromLinear((step / STEPS) ** 2) * 255),
)

/** Linear light, clipped to 0 to 1, as an sRGB byte. */
export function byteOfLight(light: number): number {
  const value = light <= 0 ? 0 : light >= 1 ? 1 : light
  return FROM_ROOT[Math.round(Math.sqrt(value) * STEPS)] ?? 0
}

export function toLight({ width, height, data }: Raster): Light {
  const plane = (channel: number): Plane => {
    const light = new Float32Array(width * height)
    for (let pixel = 0, at = channel; pixel < light.length; pixel += 1, at += 4)
      light[pixel] = TO_LINEAR[data[at] ?? 0] ?? 0
    return { width, height, data: light }
  }
  return [plane(0), plane(1), plane(2)]
}

/** Opaque; light outside 0 to 1 is clipped. */
export function fromLight(light: Light): Raster {
  const [{ width, height }] = light
  const result = createRaster(width, height)
  result.data.fill(255)
  for (const [channel, plane] of light.entries()) {
    for (let pixel = 0, at = channel; pixel < plane.data.length; pixel += 1, at += 4)
      result.data[at] = byteOfLight(plane.data[pixel] ?? 0)
  }
  return result
}

export function mapLight(light: Light, change: (plane: Plane, channel: 0 | 1 | 2) => Plane): Light {
  return [change(light[0], 0), change(light[1], 1), change(light[2], 2)]
}
