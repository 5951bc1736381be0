/** Edits that pick out one colour by its hue. */
import { createEffect } from '../../effects/kit/effect.ts'
import type { Triple } from '../../effects/kit/colour.ts'
import { smoothstep } from '../../effects/kit/plane.ts'
import { chromaOf, editLab, hueDistance, hueOf, labOfHex } from '../kit/lab-edit.ts'

/** Below this chroma a colour counts as grey and is picked by lightness instead of hue. */
const GREY_CHROMA = 0.03

/** How much a pixel belongs to a colour, 0 to 1; `width` in degrees to each side. */
function belongsTo(target: Triple, width: number): (colour: Triple) => number {
  const reach = (width * Math.PI) / 180
  const hue = hueOf(target)
  if (chromaOf(target) < GREY_CHROMA)
    return (colour) =>
      (1 - smoothstep(0.03, 0.07, chromaOf(colour))) *
      (1 - smoothstep(width / 260, width / 150, Math.abs((colour[0] ?? 0) - (target[0] ?? 0))))
  return (colour) =>
    smoothstep(0.025, 0.07, chromaOf(colour)) *
    (1 - smoothstep(reach * 0.7, reach * 1.25, hueDistance(hueOf(colour), hue)))
}

export const colourEmphasis = createEffect({
  name: 'colour_emphasis',
  summary: 'Keeps one colour and turns everything else to grey.',
  defaults: { colour: '#d02020', width: 32 },
  limits: { width: [5, 120] },
  draw: (picture, { colour, width }) => {
    const share = belongsTo(labOfHex(colour), width)
    return editLab(picture, (out) => {
      const kept = share(out)
      out[1] = (out[1] ?? 0) * kept
      out[2] = (out[2] ?? 0) * kept
    })
  },
})

export const replaceColour = createEffect({
  name: 'replace_colour',
  summary: 'Gives the areas of one colour another one, with their light and shade.',
  defaults: { from: '#d02020', to: '#2050d0', width: 35 },
  limits: { width: [5, 120] },
  draw: (picture, { from, to, width }) => {
    const [source, target] = [labOfHex(from), labOfHex(to)]
    const share = belongsTo(source, width)
    const scale = chromaOf(target) / Math.max(GREY_CHROMA, chromaOf(source))
    const isGrey = chromaOf(source) < GREY_CHROMA
    const [cos, sin] = [Math.cos(hueOf(target)), Math.sin(hueOf(target))]
    const lift = ((target[0] ?? 0) - (source[0] ?? 0)) * 0.6
    return editLab(picture, (out) => {
      const changed = share(out)
      // Grey has no chroma of its own to scale; it takes the new colour's.
      const chroma = isGrey ? chromaOf(target) : Math.min(0.3, chromaOf(out) * scale)
      out[0] = (out[0] ?? 0) + lift * changed
      out[1] = (out[1] ?? 0) * (1 - changed) + chroma * cos * changed
      out[2] = (out[2] ?? 0) * (1 - changed) + chroma * sin * changed
    })
  },
})

export const colourise = createEffect({
  name: 'colourise',
  summary: 'Tints the whole picture with a colour; light and shade stay.',
  defaults: { colour: '#2f6fb0', amount: 0.5 },
  draw: (picture, { colour, amount }) => {
    const target = labOfHex(colour)
    return editLab(picture, (out) => {
      const lightness = out[0] ?? 0
      // Black and white cannot carry a colour; the middle carries it fully.
      const carried = 0.35 + 2.6 * lightness * Math.max(0, 1 - lightness)
      out[1] = (out[1] ?? 0) * (1 - amount) + (target[1] ?? 0) * carried * amount
      out[2] = (out[2] ?? 0) * (1 - amount) + (target[2] ?? 0) * carried * amount
    })
  },
})
