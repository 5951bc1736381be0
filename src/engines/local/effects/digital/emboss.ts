/** A relief in grey stone, lit from one side. */
import { blur } from '../kit/blur.ts'
import { hexColour, labOf } from '../kit/colour.ts'
import { createEffect } from '../kit/effect.ts'
import { forEachGradient } from '../kit/flow.ts'
import { paintLab, paintTones } from '../kit/paint.ts'
import { greyOf, pixelsOf, type Plane } from '../kit/plane.ts'

export const emboss = createEffect({
  name: 'emboss',
  summary: 'A relief: tone becomes height, lit from one side; flat areas are middle grey.',
  defaults: { depth: 0.6, angle: 225, size: 0.0022, colour: 0 },
  limits: { angle: [0, 360], size: [0.0005, 0.03] },
  draw: (picture, values, context) => {
    const relief = lightRelief(greyOf(picture), values)
    context.onProgress(0.6)
    if (values.colour === 0) return paintTones(relief, hexColour('#000000'), hexColour('#ffffff'))
    return paintLab(labOf(picture), (out, at) => {
      const shade = ((relief.data[at] ?? 0.5) - 0.5) * 1.1
      out[0] = (out[0] ?? 0) * values.colour + 0.6 * (1 - values.colour) + shade
      out[1] = (out[1] ?? 0) * values.colour
      out[2] = (out[2] ?? 0) * values.colour
    })
  },
})

/** 0.5 where it is flat; two scales, so that both edges and large forms stand out. */
function lightRelief(grey: Plane, options: { depth: number; angle: number; size: number }): Plane {
  const cos = Math.cos((options.angle * Math.PI) / 180)
  const sin = Math.sin((options.angle * Math.PI) / 180)
  const result = {
    width: grey.width,
    height: grey.height,
    data: new Float32Array(grey.data.length).fill(0.5),
  }
  for (const { scale, share } of [
    { scale: 1, share: 0.7 },
    { scale: 3.5, share: 0.5 },
  ]) {
    const sigma = pixelsOf(grey, options.size * scale, 0.5)
    const strength = sigma * options.depth * 4.5 * share
    forEachGradient(blur(grey, sigma), (at, gx, gy) => {
      // Tanh keeps hard edges from clipping to a black and a white line.
      result.data[at] = (result.data[at] ?? 0.5) - 0.3 * Math.tanh((gx * cos + gy * sin) * strength * -3.2)
    })
  }
  return result
}
