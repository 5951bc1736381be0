/** Pictures of one, two or three inks. */
import { createEffect } from '../../effects/kit/effect.ts'
import { mixLab, rampOf } from '../kit/ramp.ts'
import { paintSrgb } from '../../effects/kit/paint.ts'
import { editLab } from '../kit/lab-edit.ts'
import { greyOf } from '../../effects/kit/plane.ts'
import { contrastCurve } from '../tone/contrast.ts'

/** Shares of red, green and blue behind a glass of that colour in front of the lens. */
const FILTERS: Readonly<Record<string, readonly [number, number, number]>> = {
  none: [0.2126, 0.7152, 0.0722],
  red: [0.85, 0.2, -0.05],
  orange: [0.6, 0.42, -0.02],
  yellow: [0.42, 0.56, 0.02],
  green: [0.1, 0.85, 0.05],
  blue: [0.05, 0.2, 0.75],
}

export const blackAndWhite = createEffect({
  name: 'black_and_white',
  summary: 'Black and white, as behind a coloured filter, with a contrast of its own.',
  defaults: { filter: 'none', contrast: 0.1 },
  limits: { contrast: [-1, 1] },
  words: { filter: Object.keys(FILTERS) },
  draw: (picture, { filter, contrast }) => {
    const [red, green, blue] = FILTERS[filter] ?? [0.2126, 0.7152, 0.0722]
    const curve = contrastCurve(contrast)
    const { data } = picture
    return paintSrgb(picture, (out, pixel) => {
      const at = pixel * 4
      const grey = ((data[at] ?? 0) * red + (data[at + 1] ?? 0) * green + (data[at + 2] ?? 0) * blue) / 255
      out.fill(curve(Math.max(0, grey)))
    })
  },
})

const SEPIA = rampOf(['#150c05', '#5d3f22', '#b3905f', '#f8ecd2'])

export const sepia = createEffect({
  name: 'sepia',
  summary: 'The brown of old silver prints, from black-brown to cream.',
  defaults: { amount: 1 },
  draw: (picture, { amount }) => {
    const grey = greyOf(picture)
    return editLab(picture, (out, at) => mixLab(out, SEPIA(grey.data[at] ?? 0), amount))
  },
})

export const duotone = createEffect({
  name: 'duotone',
  summary: 'Prints the tones with two colours, one for the shadows and one for the lights.',
  defaults: { dark: '#20145e', light: '#ffa58a' },
  draw: (picture, { dark, light }) => {
    const ramp = rampOf([dark, light])
    const grey = greyOf(picture)
    return editLab(picture, (out, at) => out.set(ramp(grey.data[at] ?? 0)))
  },
})

export const tritone = createEffect({
  name: 'tritone',
  summary: 'Prints the tones with three colours: shadows, middle and lights.',
  defaults: { dark: '#14213d', middle: '#c8553d', light: '#fdf0d5' },
  draw: (picture, { dark, middle, light }) => {
    const ramp = rampOf([dark, middle, light])
    const grey = greyOf(picture)
    return editLab(picture, (out, at) => out.set(ramp(grey.data[at] ?? 0)))
  },
})
