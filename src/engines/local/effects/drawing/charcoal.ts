/** Charcoal on rough warm paper: broad soft darks, smudged greys, grain, lights left open. */
import { blur } from '../kit/blur.ts'
import { hexColour } from '../kit/colour.ts'
import { createEffect } from '../kit/effect.ts'
import { flowOf, smoothAlong } from '../kit/flow.ts'
import { drawLines } from '../kit/lines.ts'
import { cloudNoise, grainNoise, paperTexture } from '../kit/noise.ts'
import { paintTones } from '../kit/paint.ts'
import { clamp01, greyOf, levelTones, mapPlane, pixelsOf, smoothstep } from '../kit/plane.ts'

const PAPER = hexColour('#efe9dd')
const CHARCOAL = hexColour('#1c1a1a')

export const charcoal = createEffect({
  name: 'charcoal',
  summary: 'A charcoal drawing: smudged tones, bold soft contours and the grain of rough paper.',
  defaults: { depth: 0.75, grain: 0.6, line: 0.6 },
  draw: (picture, values, context) => {
    const grey = levelTones(greyOf(picture), 0.5)
    const flow = flowOf(grey, pixelsOf(picture, 0.007))
    const sigma = pixelsOf(picture, 0.0026, 0.9)
    const contours = drawLines(grey, flow, { sigma, sharpness: 16, threshold: 0.55, hardness: 2.2, steps: 6 })
    context.onProgress(0.5)
    const smudged = blur(grey, pixelsOf(picture, 0.004))
    const walk = { steps: 9, stepPx: pixelsOf(picture, 0.0018) }
    const drag = smoothAlong(grainNoise(picture, context.seed), flow, walk)
    const tooth = paperTexture(picture, pixelsOf(picture, 0.0045, 2), context.seed + 1)
    const dust = cloudNoise(picture, {
      scale: pixelsOf(picture, 0.12, 8),
      octaves: 3,
      seed: context.seed + 2,
    })
    const drawn = mapPlane(smudged, (tone, at) => {
      const body = smoothstep(0.92, 0.06, tone) * values.depth
      const line = (1 - (contours.data[at] ?? 1)) * values.line
      const pressed = 1 - (1 - body) * (1 - line * 0.85)
      const stick = ((drag.data[at] ?? 0.5) - 0.5) * 1.1 + ((dust.data[at] ?? 0.5) - 0.5) * 0.35
      // The stick skips over pits: light touches show the paper's grain, heavy ones close it.
      const pit = (tooth.data[at] ?? 0.5) - 0.45 - pressed * 0.75
      const skipped = smoothstep(-0.35, 0.3, pit) * values.grain
      return 1 - clamp01(pressed * (1 + stick * 0.5)) * (1 - skipped * 0.85)
    })
    return paintTones(drawn, CHARCOAL, PAPER)
  },
})
