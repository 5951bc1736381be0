/** Pen and ink, and its bold relative, the linocut. */
import { blur } from '../kit/blur.ts'
import { hexColour } from '../kit/colour.ts'
import { createEffect } from '../kit/effect.ts'
import { flowOf, smoothAlong } from '../kit/flow.ts'
import { drawLines } from '../kit/lines.ts'
import { cloudNoise, grainNoise, valueNoise } from '../kit/noise.ts'
import { paintTones } from '../kit/paint.ts'
import { clamp01, greyOf, levelTones, mapPlane, pixelsOf, smoothstep } from '../kit/plane.ts'
import { createLineScreen } from '../kit/screens.ts'

const BLACK = hexColour('#101014')
const WHITE = hexColour('#fdfcf9')

export const ink = createEffect({
  name: 'ink',
  summary: 'Pen and ink in pure black and white: contours along the form, cross-hatching in the shadows.',
  defaults: { line: 0.5, hatching: 0.6 },
  draw: (picture, values, context) => {
    const grey = levelTones(greyOf(picture), 0.62)
    const flow = flowOf(grey, pixelsOf(picture, 0.0035))
    const sigma = pixelsOf(picture, 0.0008 + 0.001 * values.line, 0.7)
    const lines = drawLines(grey, flow, { sigma, sharpness: 26, threshold: 0.42, hardness: 14, steps: 7 })
    context.onProgress(0.6)
    const soft = blur(grey, pixelsOf(picture, 0.005))
    const pitch = pixelsOf(picture, 0.0085, 3)
    const screens = [-48, 38].map((angle) => createLineScreen({ pitch, angle }))
    const drawn = mapPlane(soft, (tone, at) => {
      const x = at % picture.width
      const y = Math.floor(at / picture.width)
      // A hand is not a ruler: the lines waver and lift off.
      const waver = (valueNoise(x / pitch / 6, y / pitch / 6, context.seed) - 0.5) * pitch * 0.7
      const [first, second] = [0.84, 0.5].map((from, index) => {
        const weight = smoothstep(from, from - 0.5, tone) * 0.9 * values.hatching
        return (screens[index] ?? (() => 0))(x + waver, y + waver, weight)
      })
      const hatch = 1 - (1 - (first ?? 0)) * (1 - (second ?? 0))
      return (lines.data[at] ?? 1) * (1 - hatch)
    })
    return paintTones(drawn, BLACK, WHITE)
  },
})

export const linocut = createEffect({
  name: 'linocut',
  summary: 'A linocut: bold black shapes with gouge marks along the form, printed on cream paper.',
  defaults: { boldness: 0.5, gouges: 0.45, ink: 'black' },
  words: { ink: ['black', 'blue', 'red', 'green'] },
  draw: (picture, values, context) => {
    const grey = levelTones(greyOf(picture), 0.52)
    const flow = flowOf(grey, pixelsOf(picture, 0.007))
    const sigma = pixelsOf(picture, 0.0014 + 0.0018 * values.boldness, 0.8)
    const walk = { steps: 9, stepPx: pixelsOf(picture, 0.0022) }
    const marks = blur(grainNoise(picture, context.seed), pixelsOf(picture, 0.0012, 0.6))
    // Gouges run in long sweeps: by the fine flow they would curl like worms in even areas.
    const gouge = smoothAlong(marks, flowOf(grey, pixelsOf(picture, 0.02)), walk)
    context.onProgress(0.4)
    // Marks cut into the tones between black and white, which a block cannot print.
    const cut = mapPlane(grey, (tone, at) => {
      const mark = clamp01(((gouge.data[at] ?? 0.5) - 0.5) * 5 + 0.5) - 0.5
      return tone + mark * values.gouges * 0.9 * smoothstep(0, 0.25, tone) * smoothstep(1, 0.55, tone)
    })
    const printed = drawLines(cut, flow, { sigma, sharpness: 9, threshold: 0.5, hardness: 16, steps: 6 })
    const patchy = cloudNoise(picture, {
      scale: pixelsOf(picture, 0.01, 2),
      octaves: 3,
      seed: context.seed + 3,
    })
    const result = mapPlane(printed, (white, at) => {
      const bald = smoothstep(0.68, 0.84, patchy.data[at] ?? 0.5) * 0.3
      return white + (1 - white) * bald
    })
    return paintTones(result, LINO_INKS[values.ink] ?? BLACK, hexColour('#f3ecdc'))
  },
})

const LINO_INKS: Readonly<Record<string, Float32Array>> = {
  black: hexColour('#17161a'),
  blue: hexColour('#16325c'),
  red: hexColour('#9c2a22'),
  green: hexColour('#1d4a38'),
}
