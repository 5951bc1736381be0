/** Soft pastel: chalk dragged over coloured, toothed paper. */
import { createEffect } from '../kit/effect.ts'
import { hexColour, labOfSrgb } from '../kit/colour.ts'
import { smoothAlong } from '../kit/flow.ts'
import { grainNoise, paperTexture, strokeTexture } from '../kit/noise.ts'
import { paintLab } from '../kit/paint.ts'
import { clamp01, pixelsOf, smoothstep } from '../kit/plane.ts'
import { paintDabs } from './brushwork.ts'

const PAPERS: Readonly<Record<string, string>> = { sand: '#d8c3a2', grey: '#b9b7b4', night: '#3a4254' }

export const pastel = createEffect({
  name: 'pastel',
  summary: 'Soft pastel: chalky strokes along the form, the coloured paper showing through its grain.',
  defaults: { stroke: 0.012, coverage: 0.75, colour: 0.5, paper: 'sand' },
  limits: { stroke: [0.003, 0.05] },
  words: { paper: Object.keys(PAPERS) },
  draw: (picture, values, context) => {
    const { lab, flow } = paintDabs(picture, {
      size: values.stroke,
      onProgress: (fraction) => context.onProgress(fraction * 0.55),
    })
    const walk = { steps: 10, stepPx: pixelsOf(picture, 0.0026) }
    const drag = smoothAlong(grainNoise(picture, context.seed), flow, walk)
    const hatch = strokeTexture(picture, {
      angle: -62,
      length: pixelsOf(picture, 0.07, 4),
      width: pixelsOf(picture, 0.0042, 1.6),
      seed: context.seed + 1,
    })
    const tooth = paperTexture(picture, pixelsOf(picture, 0.0034, 1.8), context.seed + 2)
    context.onProgress(0.85)
    const [red = 0, green = 0, blue = 0] = hexColour(PAPERS[values.paper] ?? '#d8c3a2')
    const [pl = 0, pa = 0, pb = 0] = labOfSrgb(red, green, blue)
    const boost = 1 + values.colour * 0.7
    return paintLab(lab, (out, at) => {
      const l = out[0] ?? 0
      const a = out[1] ?? 0
      const b = out[2] ?? 0
      const stick = ((drag.data[at] ?? 0.5) - 0.5) * 2.2 + ((hatch.data[at] ?? 0.5) - 0.5) * 0.9
      const reach = ((tooth.data[at] ?? 0.5) - 0.5) * 0.7 + stick * 0.55 + values.coverage
      const cover = 0.3 + 0.7 * smoothstep(-0.15, 0.8, reach)
      const chalk = 0.24 + l * 0.75 + stick * 0.05
      out[0] = pl + (chalk - pl) * cover
      out[1] = pa + (a * boost - pa) * cover
      out[2] = pb + (b * boost - pb) * clamp01(cover)
    })
  },
})
