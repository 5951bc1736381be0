/** Wax pencils on white paper: strokes of the picture's own colours, laid over each other. */
import { labOf } from '../kit/colour.ts'
import { createEffect } from '../kit/effect.ts'
import { flowOf } from '../kit/flow.ts'
import { kuwahara } from '../kit/kuwahara.ts'
import { paperTexture, strokeTexture } from '../kit/noise.ts'
import { paintLab } from '../kit/paint.ts'
import { clamp01, greyOf, levelTones, pixelsOf } from '../kit/plane.ts'
import { pencilLines, strokeCoverage } from './pencil.ts'

const PAPER_LIGHTNESS = 0.985

export const colouredPencil = createEffect({
  name: 'coloured_pencil',
  summary: 'Coloured pencils: crossing strokes of saturated colour with white paper between them.',
  defaults: { line: 0.5, colour: 0.7, tooth: 0.5 },
  draw: (picture, values, context) => {
    const grey = levelTones(greyOf(picture), 0.6)
    const flow = flowOf(grey, pixelsOf(picture, 0.004))
    const flat = kuwahara(labOf(picture), flow, { radius: pixelsOf(picture, 0.006, 1.5) })
    context.onProgress(0.5)
    const outlines = pencilLines(grey, flow)
    const stroke = { length: pixelsOf(picture, 0.06, 4), width: pixelsOf(picture, 0.0034, 1.4) }
    const first = strokeTexture(picture, { ...stroke, angle: -56, seed: context.seed })
    const second = strokeTexture(picture, { ...stroke, angle: -28, seed: context.seed + 1 })
    const tooth = paperTexture(picture, pixelsOf(picture, 0.0035, 2), context.seed + 5)
    context.onProgress(0.8)
    const boost = 1 + values.colour * 0.75
    return paintLab(flat, (out, at) => {
      const l = out[0] ?? 0
      const a = out[1] ?? 0
      const b = out[2] ?? 0
      const chroma = Math.hypot(a, b)
      const amount = clamp01((PAPER_LIGHTNESS - l) * 1.15 + chroma * 1.1)
      const over = strokeCoverage(first.data[at] ?? 0.5, amount)
      const under = strokeCoverage(second.data[at] ?? 0.5, amount * 1.1) * 0.85
      const bite = 1 - values.tooth * (1 - amount * 0.6) * (1 - (tooth.data[at] ?? 0.5)) * 1.2
      const cover = Math.max(amount * 0.45, 1 - (1 - over) * (1 - under)) * clamp01(bite)
      const line = (1 - (outlines.data[at] ?? 1)) * values.line
      // Wax never gets black: two layers of one pencil are darker than one, and that is all.
      const pigment = 0.3 + l * 0.68 - over * under * 0.06
      out[0] = (PAPER_LIGHTNESS + (pigment - PAPER_LIGHTNESS) * cover) * (1 - line * 0.72)
      out[1] = a * boost * cover * (1 - line * 0.5)
      out[2] = (b * boost * cover + 0.006) * (1 - line * 0.5)
    })
  },
})
