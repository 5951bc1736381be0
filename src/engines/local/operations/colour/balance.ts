/** The colour of the light and the strength of colours. */
import { createEffect } from '../../effects/kit/effect.ts'
import { clamp01 } from '../../effects/kit/plane.ts'
import { chromaOf, editLab, hueDistance, hueOf } from '../kit/lab-edit.ts'
import { keepLuma, scaleLight } from '../kit/light.ts'

/** Hue of human skin of all tones in OKLab, radians; vibrance spares it. */
const SKIN_HUE = 0.95
const SKIN_WIDTH = 0.45
/** Chroma from which vibrance counts a colour as strong already. */
const STRONG_CHROMA = 0.17

export const temperature = createEffect({
  name: 'temperature',
  summary: 'Warmer light above 0, cooler below; luma stays.',
  defaults: { amount: 0.4 },
  limits: { amount: [-1, 1] },
  draw: (picture, { amount }) =>
    scaleLight(picture, keepLuma([2 ** (amount * 0.5), 1, 2 ** (-amount * 0.75)])),
})

export const tint = createEffect({
  name: 'tint',
  summary: 'Towards magenta above 0, towards green below; luma stays.',
  defaults: { amount: 0.35 },
  limits: { amount: [-1, 1] },
  draw: (picture, { amount }) =>
    scaleLight(picture, keepLuma([2 ** (amount * 0.2), 2 ** (-amount * 0.35), 2 ** (amount * 0.2)])),
})

export const saturation = createEffect({
  name: 'saturation',
  summary: 'Multiplies chroma: -1 is grey, 1 is double.',
  defaults: { amount: 0.35 },
  limits: { amount: [-1, 2] },
  draw: (picture, { amount }) =>
    editLab(picture, (out) => {
      out[1] = (out[1] ?? 0) * (1 + amount)
      out[2] = (out[2] ?? 0) * (1 + amount)
    }),
})

export const vibrance = createEffect({
  name: 'vibrance',
  summary: 'Strengthens weak colours most and skin least.',
  defaults: { amount: 0.6 },
  limits: { amount: [-1, 1] },
  draw: (picture, { amount }) =>
    editLab(picture, (out) => {
      const weak = clamp01(1 - chromaOf(out) / STRONG_CHROMA)
      const skin = Math.exp(-((hueDistance(hueOf(out), SKIN_HUE) / SKIN_WIDTH) ** 2))
      const gain = 1 + amount * (0.25 + weak) * (1 - 0.5 * skin)
      out[1] = (out[1] ?? 0) * gain
      out[2] = (out[2] ?? 0) * gain
    }),
})

export const hue = createEffect({
  name: 'hue',
  summary: 'Turns every hue by the same angle.',
  defaults: { degrees: 60 },
  limits: { degrees: [-360, 360] },
  draw: (picture, { degrees }) => {
    const cos = Math.cos((degrees * Math.PI) / 180)
    const sin = Math.sin((degrees * Math.PI) / 180)
    return editLab(picture, (out) => {
      const [a, b] = [out[1] ?? 0, out[2] ?? 0]
      out[1] = a * cos - b * sin
      out[2] = a * sin + b * cos
    })
  },
})
