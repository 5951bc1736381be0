/** Oil on canvas: dabs along the form with the relief of the bristles. */
import { createEffect } from '../kit/effect.ts'
import { canvasTexture } from '../kit/noise.ts'
import { paintLab } from '../kit/paint.ts'
import { pixelsOf } from '../kit/plane.ts'
import { brushRelief, localContrast, paintDabs } from './brushwork.ts'

export const oil = createEffect({
  name: 'oil',
  summary:
    'An oil painting: dabs of colour along the form, bristle relief where the picture is busy, a little canvas.',
  defaults: { brush: 0.014, relief: 0.65, colour: 0.5, canvas: 0.35 },
  limits: { brush: [0.002, 0.05] },
  draw: (picture, values, context) => {
    const { lab, grey } = paintDabs(picture, {
      size: values.brush,
      onProgress: (fraction) => context.onProgress(fraction * 0.6),
    })
    const relief = brushRelief(grey, values.brush * 0.3, context.seed)
    context.onProgress(0.85)
    const busy = localContrast(grey, values.brush * 2.5)
    const weave = canvasTexture(picture, pixelsOf(picture, 0.0052, 2.2), context.seed + 3)
    const boost = 1 + values.colour * 0.5
    return paintLab(lab, (out, at) => {
      const l = out[0] ?? 0
      const a = out[1] ?? 0
      const b = out[2] ?? 0
      const thick = 0.3 + 0.7 * (busy.data[at] ?? 0)
      const track = (relief.data[at] ?? 0) * thick * values.relief
      const ground = ((weave.data[at] ?? 0.5) - 0.55) * values.canvas * 0.055 * (1.3 - thick)
      // Less in the darks, where glossy paint hides its relief.
      out[0] = l + track * (0.025 + 0.06 * l) + ground
      out[1] = a * boost * (1 + track * 0.1)
      out[2] = b * boost * (1 + track * 0.1)
    })
  },
})
