/** Light and dark areas treated apart, by their surroundings and not by single pixels, so that texture survives. */
import type { Raster } from '../../../../imaging/raster.ts'
import { labOf } from '../../effects/kit/colour.ts'
import { createEffect } from '../../effects/kit/effect.ts'
import { paintLab } from '../../effects/kit/paint.ts'
import { pixelsOf, smoothstep } from '../../effects/kit/plane.ts'
import { guidedFilter } from '../kit/guided.ts'

/** Gain for a surrounding lightness; 1 changes nothing. */
function scaleAreas(picture: Raster, gainOf: (lightness: number) => number): Raster {
  const lab = labOf(picture)
  const plane = { width: lab.width, height: lab.height, data: lab.l }
  const areas = guidedFilter(plane, plane, { sigma: pixelsOf(picture, 0.03, 2), edge: 0.12 })
  return paintLab(lab, (out, at) => {
    const gain = gainOf(areas.data[at] ?? 0)
    for (let part = 0; part < 3; part += 1) out[part] = (out[part] ?? 0) * gain
  })
}

export const shadows = createEffect({
  name: 'shadows',
  summary: 'Opens dark areas, or closes them below 0, and leaves the rest alone.',
  defaults: { amount: 0.45 },
  limits: { amount: [-1, 1] },
  draw: (picture, { amount }) =>
    scaleAreas(picture, (lightness) => {
      const share = 1 - smoothstep(0.15, 0.62, lightness)
      return 1 + share * amount * (amount > 0 ? 0.75 : 0.5)
    }),
})

export const highlights = createEffect({
  name: 'highlights',
  summary: 'Brings bright areas down below 0, or lifts them above, and leaves the rest alone.',
  defaults: { amount: -0.45 },
  limits: { amount: [-1, 1] },
  draw: (picture, { amount }) =>
    scaleAreas(picture, (lightness) => 1 + smoothstep(0.55, 0.95, lightness) * amount * 0.22),
})
