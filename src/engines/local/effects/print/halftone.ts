/** Halftone print: four screens at the classic angles, or black dots alone. */
import type { Raster } from '../../../../imaging/raster.ts'
import { blur } from '../kit/blur.ts'
import { hexColour } from '../kit/colour.ts'
import { createEffect } from '../kit/effect.ts'
import { paintSrgb } from '../kit/paint.ts'
import { pixelsOf, type Plane } from '../kit/plane.ts'
import { createDotScreen } from '../kit/screens.ts'

/** Cyan, magenta, yellow, black: angles 30 degrees apart hide the moiré, yellow is too pale to matter. */
const PROCESS = [
  { colour: hexColour('#00a3da'), angle: 15 },
  { colour: hexColour('#e4157f'), angle: 75 },
  { colour: hexColour('#ffe800'), angle: 0 },
  { colour: hexColour('#14141a'), angle: 45 },
]
/** Share of the common grey of the three colours that black replaces. */
const BLACK_SHARE = 0.85

export const halftone = createEffect({
  name: 'halftone',
  summary:
    'A halftone print: cyan, magenta, yellow and black dots at their screen angles, or black dots on white.',
  defaults: { pitch: 0.0098, inks: 'cmyk' },
  limits: { pitch: [0.003, 0.08] },
  words: { inks: ['cmyk', 'black'] },
  draw: (picture, values, context) => {
    const pitch = pixelsOf(picture, values.pitch, 3)
    const plates = values.inks === 'black' ? [blackPlate(picture)] : separate(picture)
    const inks = values.inks === 'black' ? [{ colour: new Float32Array(3), angle: 45 }] : PROCESS
    context.onProgress(0.3)
    // A dot shows one tone; what is finer than a dot would tear it.
    const prints = inks.map(({ colour, angle }, index) => ({
      colour,
      tone: blur(plates[index] ?? blackPlate(picture), pitch * 0.2).data,
      screen: createDotScreen({ pitch, angle }),
    }))
    const { width } = picture
    return paintSrgb(picture, (out, at) => {
      out.fill(1)
      const x = at % width
      for (const { colour, tone, screen } of prints) {
        const inked = screen(x, (at - x) / width, tone[at] ?? 0)
        for (let c = 0; c < 3; c += 1) out[c] = (out[c] ?? 1) * (1 - inked * (1 - (colour[c] ?? 0)))
      }
    })
  },
})

function blackPlate({ width, height, data }: Raster): Plane {
  const tone = new Float32Array(width * height)
  for (let at = 0; at < tone.length; at += 1) {
    const from = at * 4
    tone[at] =
      1 - ((data[from] ?? 0) * 0.2126 + (data[from + 1] ?? 0) * 0.7152 + (data[from + 2] ?? 0) * 0.0722) / 255
  }
  return { width, height, data: tone }
}

/** Four plates with grey component replacement: shadows are black ink, not three colours in layers. */
function separate({ width, height, data }: Raster): Plane[] {
  const plates = PROCESS.map(() => new Float32Array(width * height))
  for (let at = 0; at < width * height; at += 1) {
    const lightest = Math.max(data[at * 4] ?? 0, data[at * 4 + 1] ?? 0, data[at * 4 + 2] ?? 0) / 255
    const black = (1 - lightest) ** 1.25 * BLACK_SHARE
    for (let c = 0; c < 4; c += 1) {
      const plate = plates[c]
      if (plate === undefined) continue
      plate[at] = c === 3 ? black : (1 - (data[at * 4 + c] ?? 0) / 255 - black) / (1 - black)
    }
  }
  return plates.map((plate) => ({ width, height, data: plate }))
}
