/** Tones made graphic: fewer of them, or turned around. */
import { createEffect } from '../../effects/kit/effect.ts'
import { labOf } from '../../effects/kit/colour.ts'
import { blur } from '../../effects/kit/blur.ts'
import { paintLab, paintSrgb } from '../../effects/kit/paint.ts'
import { greyOf, smoothstep } from '../../effects/kit/plane.ts'
import { mapTones } from '../kit/lab-edit.ts'

export const invert = createEffect({
  name: 'invert',
  summary: 'The negative: every channel turned around.',
  defaults: {},
  draw: (picture) => mapTones(picture, (value) => 1 - value),
})

export const posterize = createEffect({
  name: 'posterize',
  summary: 'Reduces lightness to a few flat steps and keeps the hues.',
  defaults: { levels: 5 },
  limits: { levels: [2, 32] },
  draw: (picture, { levels }) => {
    const lab = labOf(picture)
    // Steps along noise would look like dirt; a pixel of smoothing makes them clean contours.
    const smooth = blur({ width: lab.width, height: lab.height, data: lab.l }, 1)
    const steps = Math.round(levels) - 1
    return paintLab(lab, (out, at) => {
      out[0] = Math.round((smooth.data[at] ?? 0) * steps) / steps
      out[1] = (out[1] ?? 0) * 1.15
      out[2] = (out[2] ?? 0) * 1.15
    })
  },
})

export const solarize = createEffect({
  name: 'solarize',
  summary: 'Turns tones above a threshold around, like a print exposed to light while it develops.',
  defaults: { threshold: 0.5 },
  draw: (picture, { threshold }) => {
    const limit = Math.max(0.02, threshold)
    const rest = Math.max(0.02, 1 - limit)
    return mapTones(picture, (value) => (value <= limit ? value / limit : 1 - (value - limit) / rest))
  },
})

export const threshold = createEffect({
  name: 'threshold',
  summary: 'Pure black and pure white, divided at one tone, with clean edges.',
  defaults: { level: 0.5 },
  draw: (picture, { level }) => {
    const grey = blur(greyOf(picture), 0.8)
    return paintSrgb(grey, (out, at) => {
      out.fill(smoothstep(level - 0.03, level + 0.03, grey.data[at] ?? 0))
    })
  },
})
