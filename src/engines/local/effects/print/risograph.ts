/** Risograph: two bright inks, grainy, slightly out of register, on uncoated paper. */
import type { Raster } from '../../../../imaging/raster.ts'
import { hexColour, type Triple } from '../kit/colour.ts'
import { createEffect } from '../kit/effect.ts'
import { cloudNoise } from '../kit/noise.ts'
import { paintSrgb } from '../kit/paint.ts'
import { clamp01, greyOf, levelTones, pixelsOf, sampleAt, smoothstep, type Plane } from '../kit/plane.ts'
import { createRandom } from '../kit/random.ts'
import { createBlueNoise, createDotScreen } from '../kit/screens.ts'

type InkPair = { dark: Triple; bright: Triple }

const INKS: Readonly<Record<string, InkPair>> = {
  blue_pink: { dark: hexColour('#1f4fb5'), bright: hexColour('#ff4f87') },
  teal_orange: { dark: hexColour('#006d77'), bright: hexColour('#ff7a3d') },
  black_yellow: { dark: hexColour('#23222a'), bright: hexColour('#ffc81f') },
  green_red: { dark: hexColour('#11694a'), bright: hexColour('#f2504b') },
}
const PAPER = hexColour('#f6f1e4')

export const risograph = createEffect({
  name: 'risograph',
  summary: 'A two-colour risograph print: grainy bright inks that overprint, a little out of register.',
  defaults: { inks: 'blue_pink', grain: 0.6, misregister: 0.4 },
  words: { inks: Object.keys(INKS) },
  draw: (picture, values, context) => {
    const pair = INKS[values.inks] ?? { dark: hexColour('#1f4fb5'), bright: hexColour('#ff4f87') }
    const plates = separateTwo(picture)
    context.onProgress(0.3)
    const random = createRandom(context.seed)
    const shift = pixelsOf(picture, 0.006 * values.misregister, 0)
    const turn = random() * 2 * Math.PI
    const grain = createBlueNoise(context.seed)
    const screen = createDotScreen({ pitch: pixelsOf(picture, 0.008, 3), angle: 67 })
    const uneven = cloudNoise(picture, {
      scale: pixelsOf(picture, 0.2, 8),
      octaves: 5,
      seed: context.seed + 1,
    })
    const { width } = picture
    return paintSrgb(picture, (out, at) => {
      const x = at % width
      const y = (at - x) / width
      const speck = (grain(x, y) - 0.5) * values.grain
      const worn = (0.5 - (uneven.data[at] ?? 0.5)) * 0.35
      const dark = printGrain(plates.dark.data[at] ?? 0, speck, worn)
      const moved = sampleAt(plates.bright, x + Math.cos(turn) * shift, y + Math.sin(turn) * shift)
      const bright = screen(x, y, clamp01(moved + worn * 0.4)) * (0.93 + speck * 0.14)
      for (let c = 0; c < 3; c += 1) {
        const first = 1 - dark * (1 - (pair.dark[c] ?? 0))
        const second = 1 - bright * (1 - (pair.bright[c] ?? 0))
        out[c] = (PAPER[c] ?? 1) * first * second
      }
    })
  },
})

/** The dark ink is a stochastic screen: grain decides, softly. */
function printGrain(tone: number, speck: number, worn: number): number {
  const level = clamp01(tone + worn * tone * (1 - tone))
  const hard = smoothstep(-0.18, 0.18, level - 0.5 - speck * 1.1 + (level - 0.5) * 0.8)
  return clamp01(level * 0.45 + hard * 0.55) * 0.96
}

/** The dark ink carries the drawing, the bright one the warm colours and the half tones. */
function separateTwo(picture: Raster): { dark: Plane; bright: Plane } {
  const grey = levelTones(greyOf(picture), 0.55)
  const { width, height } = grey
  const dark = new Float32Array(grey.data.length)
  const bright = new Float32Array(grey.data.length)
  for (let at = 0; at < dark.length; at += 1) {
    const tone = grey.data[at] ?? 0
    const red = picture.data[at * 4] ?? 0
    const green = picture.data[at * 4 + 1] ?? 0
    const blue = picture.data[at * 4 + 2] ?? 0
    const warm = (red - (green * 0.5 + blue * 0.5)) / 255
    const cool = (Math.max(green, blue) - red) / 255
    dark[at] = clamp01(smoothstep(0.78, 0.05, tone) * (1 - clamp01(warm * 0.9)) + clamp01(cool) * 0.35)
    bright[at] = clamp01((1 - tone) * 0.72 + warm * 1.5 - cool * 1.1)
  }
  return { dark: { width, height, data: dark }, bright: { width, height, data: bright } }
}
