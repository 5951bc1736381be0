/** The dyer's part of a rug: few yarns, as wool takes colour. */
import type { Lab, Triple } from '../kit/colour.ts'
import { nearestIndex, paletteOf, squaredDistance, type Palette } from '../kit/palette.ts'
import { smoothstep } from '../kit/plane.ts'

export type Yarns = {
  /** Colours of the picture and the yarn for each, in the same order. */
  palette: Palette
  wool: readonly Triple[]
  /** Main colour of the border band, its stripes, and the flat-woven ends. */
  band: Triple
  guard: Triple
  end: Triple
  /** True for a drawing on one even ground: a logo rather than a photograph. */
  isFlat: boolean
}

const CREAM: Triple = Float32Array.of(0.885, 0.006, 0.034)
/** Mean chroma above which a picture is vivid and its yarns stay so. */
const VIVID = 0.1

export function chooseYarns(lab: Lab, count: number, seed: number): Yarns {
  const ground = groundOf(lab)
  const palette = ground.isFlat ? mainColours(lab, count, seed) : paletteOf(lab, count, seed)
  const keep = meanChroma(lab) > VIVID ? 0.98 : 0.84
  const wool = palette.map((colour) => dye(colour, keep))
  const field = dye(ground.colour, keep)
  const band = bandColour(wool, field)
  return { palette, wool, band, guard: guardColour(wool, band), end: CREAM, isFlat: ground.isFlat }
}

/** Share of a drawing below which a colour is only the antialiased edge of a shape. */
const EDGE_SHARE = 0.02

/** A drawing's own colours, without the mixed ones along its edges: nobody dyes yarn for those. */
function mainColours(lab: Lab, count: number, seed: number): Palette {
  const palette = paletteOf(lab, Math.min(count, 10), seed)
  const pixels = new Uint32Array(palette.length)
  const step = Math.max(1, Math.floor(lab.l.length / 10_000))
  for (let at = 0; at < lab.l.length; at += step) {
    const index = nearestIndex(palette, Float32Array.of(lab.l[at] ?? 0, lab.a[at] ?? 0, lab.b[at] ?? 0))
    pixels[index] = (pixels[index] ?? 0) + 1
  }
  return palette.filter((_, index) => (pixels[index] ?? 0) > (lab.l.length / step) * EDGE_SHARE)
}

/** The yarn for a colour of the picture. */
export function yarnFor(yarns: Yarns, colour: Triple): Triple {
  return yarns.wool[nearestIndex(yarns.palette, colour)] ?? yarns.end
}

/** Wool is never white or black, and natural dyes lean to warm; white becomes undyed cream. */
function dye(colour: Triple, keep: number): Triple {
  const [l = 0, a = 0, b = 0] = colour
  const undyed = smoothstep(0.86, 0.97, l) * smoothstep(0.05, 0.02, Math.hypot(a, b))
  const mix = (own: number, wool: number): number => own + (wool - own) * undyed
  return Float32Array.of(
    mix(0.19 + l * 0.71, CREAM[0] ?? 0.9),
    mix(a * keep + 0.002, CREAM[1] ?? 0),
    mix(b * keep + 0.012, CREAM[2] ?? 0),
  )
}

/** What lies along the edges of the picture, and whether it is one even colour. */
function groundOf(lab: Lab): { colour: Triple; isFlat: boolean } {
  const { width, height } = lab
  const sums = [0, 0, 0, 0]
  let count = 0
  for (let at = 0; at < width * height; at += 1) {
    const x = at % width
    const isEdge = at < width || at >= width * (height - 1) || x === 0 || x === width - 1
    if (!isEdge) continue
    const own = [lab.l[at] ?? 0, lab.a[at] ?? 0, lab.b[at] ?? 0]
    for (const [c, value] of own.entries()) sums[c] = (sums[c] ?? 0) + value
    sums[3] = (sums[3] ?? 0) + (own[0] ?? 0) ** 2
    count += 1
  }
  const [l = 0, a = 0, b = 0, square = 0] = sums.map((sum) => sum / count)
  return { colour: Float32Array.of(l, a, b), isFlat: square - l * l < 0.02 ** 2 }
}

function meanChroma(lab: Lab): number {
  const step = Math.max(1, Math.floor(lab.l.length / 5000))
  let sum = 0
  let count = 0
  for (let at = 0; at < lab.l.length; at += step, count += 1)
    sum += Math.hypot(lab.a[at] ?? 0, lab.b[at] ?? 0)
  return sum / count
}

/** Of the picture's own yarns the one that stands off the field most, a deep one if possible. */
function bandColour(wool: readonly Triple[], field: Triple): Triple {
  const rank = (colour: Triple): number =>
    Math.sqrt(squaredDistance(colour, field)) - Math.abs((colour[0] ?? 0) - 0.36) * 0.9
  const [best = field] = wool.toSorted((first, second) => rank(second) - rank(first))
  const [l = 0, a = 0, b = 0] = best
  return Float32Array.of(Math.min(0.72, Math.max(0.27, l)), a, b)
}

function guardColour(wool: readonly Triple[], band: Triple): Triple {
  const rank = (colour: Triple): number =>
    Math.sqrt(squaredDistance(colour, band)) + Math.hypot(colour[1] ?? 0, colour[2] ?? 0)
  const [best = CREAM] = wool.toSorted((first, second) => rank(second) - rank(first))
  return squaredDistance(best, band) < 0.02 ? CREAM : best
}
