/** Yarn and thread: knitted stitches and cross-stitch on cloth. */
import { labOf, type Lab } from '../kit/colour.ts'
import { createEffect } from '../kit/effect.ts'
import { valueNoise } from '../kit/noise.ts'
import { paintLab } from '../kit/paint.ts'
import { nearestIndex, paletteOf } from '../kit/palette.ts'
import { pixelsOf, smoothstep } from '../kit/plane.ts'
import { hashAt } from '../kit/random.ts'
import { blockGrid, blockMeans, type BlockGrid } from './grid.ts'

export const knit = createEffect({
  name: 'knit',
  summary: 'Knitwear: rows of V-shaped stitches in a limited set of woollen colours.',
  defaults: { stitch: 0.0175, colours: 18, fuzz: 0.5 },
  limits: { stitch: [0.006, 0.1], colours: [2, 40] },
  draw: (picture, values, context) => {
    // A stitch of stockinette is a little wider than high.
    const grid = blockGrid(picture, pixelsOf(picture, values.stitch, 5), 0.82)
    const wool = dyed(blockMeans(labOf(picture), grid), Math.round(values.colours), context.seed)
    context.onProgress(0.4)
    const { width } = picture
    return paintLab(blank(picture), (out, at) => {
      const x = at % width
      const y = (at - x) / width
      const wobble = (valueNoise(x / grid.pitchX / 3, y / grid.pitchY / 3, context.seed) - 0.5) * 0.22
      const u = (x + 0.5) / grid.pitchX + wobble * 0.5
      const side = Math.abs(u - Math.floor(u) - 0.5) * 2
      // The legs of the V rise outwards, so that one row's stitch sits in the one below.
      const v = (y + 0.5) / grid.pitchY + wobble - (1 - side) * 0.62 + 0.31
      const row = Math.floor(v)
      const down = v - row
      const block = stitchIndex(grid, Math.floor(u), row)
      const strand = (down - 0.5) * 2
      const round = Math.sqrt(Math.max(0, 1 - strand * strand * 0.92))
      const middle = smoothstep(0, 0.2, side) * smoothstep(1.02, 0.86, side)
      const twist = Math.sin((down * 2.4 + side * 1.3) * Math.PI * 2) * 0.022
      const fibre = (hashAt(x, y, context.seed + 3) - 0.5) * 0.05 * values.fuzz
      const shade = (0.5 + 0.5 * round) * (0.62 + 0.38 * middle)
      const loose = (hashAt(block, 7, context.seed) - 0.5) * 0.035
      out[0] = ((wool.l[block] ?? 0) * 0.86 + 0.1 + twist + fibre + loose) * (0.3 + 0.7 * shade)
      out[1] = (wool.a[block] ?? 0) * (0.6 + 0.4 * shade)
      out[2] = (wool.b[block] ?? 0) * (0.6 + 0.4 * shade)
    })
  },
})

export const crossStitch = createEffect({
  name: 'cross_stitch',
  summary:
    'Cross-stitch: crosses of shiny thread in a limited palette on woven cloth; the lightest cloth stays open.',
  defaults: { stitch: 0.0145, colours: 24, cloth: 0.5 },
  limits: { stitch: [0.006, 0.1], colours: [2, 60] },
  draw: (picture, values, context) => {
    const grid = blockGrid(picture, pixelsOf(picture, values.stitch, 5))
    const means = blockMeans(labOf(picture), grid)
    const thread = dyed(means, Math.round(values.colours), context.seed)
    context.onProgress(0.4)
    const isOpen = openCloth(means)
    const { width } = picture
    return paintLab(blank(picture), (out, at) => {
      const x = at % width
      const y = (at - x) / width
      const u = ((x + 0.5) / grid.pitchX) % 1
      const v = ((y + 0.5) / grid.pitchY) % 1
      const block = grid.blockAt(at)
      const hole = 1 - smoothstep(0.1, 0.24, Math.hypot(Math.min(u, 1 - u), Math.min(v, 1 - v)))
      const weave =
        (Math.abs(Math.sin(u * Math.PI * 4)) + Math.abs(Math.sin(v * Math.PI * 4))) * 0.024 * values.cloth
      const speck = (hashAt(x, y, context.seed) - 0.5) * 0.02
      const cloth = 0.915 + weave - 0.02 + speck - hole * 0.3 * values.cloth
      const upper = threadAt(u - v, u + v)
      const lower = threadAt(u + v - 1, u - v + 1)
      const isUpper = upper.cover >= 0.5 || upper.cover >= lower.cover
      const cover = isOpen(block) ? 0 : Math.max(upper.cover, lower.cover)
      const light = isUpper ? upper.light : lower.light * 0.92 - smoothstep(0, 0.4, upper.cover) * 0.2
      const loose = (hashAt(block, 3, context.seed) - 0.5) * 0.03
      const l = ((thread.l[block] ?? 0) * 0.9 + 0.06 + loose + speck * 1.5) * light
      // The thread shadows the cloth beside it.
      out[0] = (isOpen(block) ? cloth : cloth * 0.25 + (thread.l[block] ?? 0) * 0.5) * (1 - cover) + l * cover
      out[1] = 0.003 * (1 - cover) + (thread.a[block] ?? 0) * (isOpen(block) ? 0 : 0.45 + 0.55 * cover)
      out[2] = 0.018 * (1 - cover) + (thread.b[block] ?? 0) * (isOpen(block) ? 0 : 0.45 + 0.55 * cover)
    })
  },
})

/** @param across distance from the thread's axis @param along 0 to 2 from one end to the other */
function threadAt(across: number, along: number): { cover: number; light: number } {
  const half = 0.28
  const place = Math.abs(across) / half
  const ends = smoothstep(0.04, 0.2, along) * smoothstep(1.96, 1.8, along)
  const cover = smoothstep(1.08, 0.86, place) * ends
  const round = Math.sqrt(Math.max(0, 1 - place * place))
  const ply = Math.sin((along * 3.2 + across * 4) * Math.PI * 2) * 0.05
  return { cover, light: 0.66 + 0.4 * round * (0.75 + 0.25 * ends) + ply }
}

/** Every block in the nearest of a few colours. */
function dyed(means: Lab, colours: number, seed: number): Lab {
  const palette = paletteOf(means, colours, seed)
  const result = {
    ...means,
    l: Float32Array.from(means.l),
    a: Float32Array.from(means.a),
    b: Float32Array.from(means.b),
  }
  for (let at = 0; at < means.l.length; at += 1) {
    const own = Float32Array.of(means.l[at] ?? 0, means.a[at] ?? 0, means.b[at] ?? 0)
    const chosen = palette[nearestIndex(palette, own)] ?? own
    result.l[at] = chosen[0] ?? 0
    result.a[at] = (chosen[1] ?? 0) * 1.12
    result.b[at] = (chosen[2] ?? 0) * 1.12
  }
  return result
}

/** White areas are not stitched: the cloth is white already. */
function openCloth(means: Lab): (block: number) => boolean {
  return (block) =>
    (means.l[block] ?? 0) > 0.965 && Math.hypot(means.a[block] ?? 0, means.b[block] ?? 0) < 0.02
}

function stitchIndex(grid: BlockGrid, column: number, row: number): number {
  const x = Math.min(grid.columns - 1, Math.max(0, column))
  return Math.min(grid.rows - 1, Math.max(0, row)) * grid.columns + x
}

function blank({ width, height }: { width: number; height: number }): Lab {
  const none = new Float32Array(width * height)
  return { width, height, l: none, a: none, b: none }
}
