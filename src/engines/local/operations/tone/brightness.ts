/** How light the whole picture is. */
import { createEffect } from '../../effects/kit/effect.ts'
import { editLab, mapTones } from '../kit/lab-edit.ts'
import { rollOff, scaleLight } from '../kit/light.ts'

export const exposure = createEffect({
  name: 'exposure',
  summary: 'Multiplies the light, in stops of two, with highlights rolled off instead of clipped.',
  defaults: { stops: 0.7 },
  limits: { stops: [-5, 5] },
  draw: (picture, { stops }) => {
    const gain = 2 ** stops
    return scaleLight(picture, [gain, gain, gain], stops > 0 ? rollOff : undefined)
  },
})

export const brightness = createEffect({
  name: 'brightness',
  summary: 'Lifts or lowers the middle tones; black and white stay where they are.',
  defaults: { amount: 0.3 },
  limits: { amount: [-1, 1] },
  draw: (picture, { amount }) => {
    const power = 2 ** (-amount * 1.4)
    return editLab(picture, (out) => {
      const lightness = Math.max(0, out[0] ?? 0)
      const changed = lightness ** power
      // Colour follows halfway: fully it would look garish, not at all chalky.
      const chroma = lightness > 0.001 ? Math.sqrt(changed / lightness) : 1
      out[0] = changed
      out[1] = (out[1] ?? 0) * chroma
      out[2] = (out[2] ?? 0) * chroma
    })
  },
})

export const gamma = createEffect({
  name: 'gamma',
  summary: 'Raises encoded values to the power 1 / gamma: above 1 is lighter.',
  defaults: { gamma: 1.3 },
  limits: { gamma: [0.1, 10] },
  draw: (picture, values) => mapTones(picture, (value) => value ** (1 / values.gamma)),
})
