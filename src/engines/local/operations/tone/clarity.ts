/** Local contrast. */
import { labOf } from '../../effects/kit/colour.ts'
import { createEffect } from '../../effects/kit/effect.ts'
import { paintLab } from '../../effects/kit/paint.ts'
import { pixelsOf } from '../../effects/kit/plane.ts'
import { guidedFilter } from '../kit/guided.ts'

export const clarity = createEffect({
  name: 'clarity',
  summary: 'Strengthens the drawing inside areas of middle tone; below 0 softens it.',
  defaults: { amount: 0.5 },
  limits: { amount: [-1, 1] },
  draw: (picture, { amount }) => {
    const lab = labOf(picture)
    const plane = { width: lab.width, height: lab.height, data: lab.l }
    const base = guidedFilter(plane, plane, { sigma: pixelsOf(picture, 0.025, 2), edge: 0.1 })
    return paintLab(lab, (out, at) => {
      const lightness = out[0] ?? 0
      const middle = 4 * lightness * Math.max(0, 1 - lightness)
      const detail = lightness - (base.data[at] ?? 0)
      const changed = lightness + detail * amount * (amount > 0 ? 1.7 : 0.85) * middle
      const chroma = lightness > 0.02 ? Math.max(0, changed) / lightness : 1
      out[0] = changed
      out[1] = (out[1] ?? 0) * chroma
      out[2] = (out[2] ?? 0) * chroma
    })
  },
})
