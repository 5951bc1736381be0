/** Gouache: opaque matte colour in few flat steps, brush edges left visible. */
import { blur } from '../kit/blur.ts'
import { createEffect } from '../kit/effect.ts'
import { cloudNoise, paperTexture } from '../kit/noise.ts'
import { paintLab } from '../kit/paint.ts'
import { pixelsOf, type Plane } from '../kit/plane.ts'
import { brushRelief, paintDabs } from './brushwork.ts'

export const gouache = createEffect({
  name: 'gouache',
  summary: 'Gouache: opaque, matte colour in a few flat steps with dry-brush edges.',
  defaults: { brush: 0.016, steps: 9, colour: 0.5 },
  limits: { brush: [0.003, 0.06], steps: [3, 24] },
  draw: (picture, values, context) => {
    const { lab, grey } = paintDabs(picture, {
      size: values.brush,
      onProgress: (fraction) => context.onProgress(fraction * 0.6),
    })
    const tone: Plane = blur(
      { width: lab.width, height: lab.height, data: lab.l },
      pixelsOf(picture, 0.0025, 0.5),
    )
    const relief = brushRelief(grey, 0.004, context.seed)
    context.onProgress(0.85)
    const tooth = paperTexture(picture, pixelsOf(picture, 0.004, 2), context.seed + 1)
    const mixing = cloudNoise(picture, {
      scale: pixelsOf(picture, 0.05, 4),
      octaves: 2,
      seed: context.seed + 2,
    })
    const boost = 1 + values.colour * 0.55
    return paintLab(lab, (out, at) => {
      const a = out[1] ?? 0
      const b = out[2] ?? 0
      const dry = (relief.data[at] ?? 0) * 0.16 + ((tooth.data[at] ?? 0.5) - 0.5) * 0.2
      const level = flattenTone((tone.data[at] ?? 0) * values.steps + dry)
      const uneven = ((mixing.data[at] ?? 0.5) - 0.5) * 0.035
      // Chalk in the paint: no deep black, no glaring white.
      out[0] = 0.2 + (level / values.steps) * 0.77 + uneven + dry * 0.012
      out[1] = a * boost
      out[2] = b * boost + 0.004
    })
  },
})

/** Flat within a step, with a short passage to the next one. */
function flattenTone(value: number): number {
  const step = Math.floor(value)
  const rest = value - step
  const t = Math.min(1, Math.max(0, (rest - 0.36) / 0.28))
  return step + t * t * (3 - 2 * t)
}
