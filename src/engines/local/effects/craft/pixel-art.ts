/** Pixel art: large square pixels in few colours. */
import { createEffect } from '../kit/effect.ts'
import type { Raster } from '../../../../imaging/raster.ts'
import { labOf, type Lab } from '../kit/colour.ts'
import { paintLab } from '../kit/paint.ts'
import { nearestIndex, paletteOf } from '../kit/palette.ts'
import { pixelsOf } from '../kit/plane.ts'
import { bayerAt } from '../kit/screens.ts'
import { blockGrid, blockMeans } from './grid.ts'

export const pixelArt = createEffect({
  name: 'pixel_art',
  summary: 'Pixel art: square blocks in a palette of few colours taken from the picture, dithered in order.',
  defaults: { block: 0.0125, colours: 32, dither: 0.25, colour: 0.35 },
  limits: { block: [0.003, 0.2], colours: [2, 64] },
  draw: (picture, values, context) => {
    const grid = blockGrid(picture, pixelsOf(picture, values.block, 2))
    const blocks = blockMeans(labOf(picture), grid)
    crispen(blocks, 1 + values.colour * 0.7)
    const palette = paletteOf(blocks, Math.round(values.colours), context.seed)
    context.onProgress(0.6)
    // Dithering by about the distance of neighbours in the palette; more would be noise.
    const reach = (values.dither * 0.55) / Math.sqrt(Math.max(2, palette.length))
    const chosen = blocks.l.map((l, at) => {
      const x = at % grid.columns
      const threshold = bayerAt(x, (at - x) / grid.columns) - 0.5
      return nearestIndex(
        palette,
        Float32Array.of(l + threshold * reach, blocks.a[at] ?? 0, blocks.b[at] ?? 0),
      )
    })
    return expand(picture, grid.blockAt, (out, block) => out.set(palette[chosen[block] ?? 0] ?? out))
  },
})

function expand(
  picture: Raster,
  blockAt: (at: number) => number,
  write: (out: Float32Array, block: number) => void,
): Raster {
  const { width, height } = picture
  const none = new Float32Array(width * height)
  return paintLab({ width, height, l: none, a: none, b: none }, (out, at) => write(out, blockAt(at)))
}

/** Averages are dull: contrast against the four neighbours and chroma are raised a little. */
function crispen(blocks: Lab, chroma: number): void {
  const { width, height } = blocks
  const before = Float32Array.from(blocks.l)
  for (let at = 0; at < before.length; at += 1) {
    const x = at % width
    const y = (at - x) / width
    const value = before[at] ?? 0
    const around =
      (before[x > 0 ? at - 1 : at] ?? 0) +
      (before[x < width - 1 ? at + 1 : at] ?? 0) +
      (before[y > 0 ? at - width : at] ?? 0) +
      (before[y < height - 1 ? at + width : at] ?? 0)
    blocks.l[at] = Math.min(1, Math.max(0, value + (value - around / 4) * 0.45))
    blocks.a[at] = (blocks.a[at] ?? 0) * chroma
    blocks.b[at] = (blocks.b[at] ?? 0) * chroma
  }
}
