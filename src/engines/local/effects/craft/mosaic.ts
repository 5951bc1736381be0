/** A mosaic of square stones set along the form (after Hausner 2001, "Simulating decorative mosaics"). */
import { labOf } from '../kit/colour.ts'
import { cellsOf } from '../kit/cells.ts'
import { createEffect } from '../kit/effect.ts'
import { flowOf } from '../kit/flow.ts'
import { cloudNoise } from '../kit/noise.ts'
import { paintLab } from '../kit/paint.ts'
import { greyOf, pixelsOf, smoothstep } from '../kit/plane.ts'
import { hashAt } from '../kit/random.ts'

export const mosaic = createEffect({
  name: 'mosaic',
  summary: 'A mosaic: square stones that turn with the form, uneven in tone, with grout between them.',
  defaults: { tile: 0.0155, grout: 0.5, variation: 0.5, colour: 0.4 },
  limits: { tile: [0.006, 0.15] },
  draw: (picture, values, context) => {
    const lab = labOf(picture)
    const spacing = pixelsOf(picture, values.tile, 4)
    const flow = flowOf(greyOf(picture), spacing * 0.8)
    context.onProgress(0.2)
    const { labels, cells, inset } = cellsOf(lab, { spacing, colourWeight: 0.6, flow, seed: context.seed })
    context.onProgress(0.8)
    const rough = cloudNoise(picture, { scale: spacing * 0.3, octaves: 2, seed: context.seed + 1 })
    const gap = spacing * 0.1 * values.grout + 0.2
    const boost = 1 + values.colour * 0.7
    const { width } = picture
    return paintLab(lab, (out, at) => {
      const label = labels[at] ?? 0
      const cell = cells[label]
      if (cell === undefined) return
      const dx = (at % width) + 0.5 - cell.x
      const dy = Math.floor(at / width) + 0.5 - cell.y
      const u = Math.abs(dx * cell.cos + dy * cell.sin)
      const v = Math.abs(dy * cell.cos - dx * cell.sin)
      const depth = Math.min(inset[at] ?? 0, spacing * 0.56 - Math.max(u, v))
      const stone = smoothstep(gap - 0.7, gap + 0.7, depth)
      // Light from the upper left on slightly domed stones.
      const bevel = smoothstep(gap + spacing * 0.16, gap, depth) * ((-dx - dy) / spacing) * 0.22
      const tone = (hashAt(label, 1, context.seed) - 0.5) * 0.13 * values.variation
      const warm = (hashAt(label, 2, context.seed) - 0.5) * 0.03 * values.variation
      const grain = ((rough.data[at] ?? 0.5) - 0.5) * 0.05
      out[0] = 0.56 * (1 - stone) + ((cell.colour[0] ?? 0) * 0.92 + 0.05 + tone + bevel + grain) * stone
      out[1] = 0.004 * (1 - stone) + ((cell.colour[1] ?? 0) * boost + warm * 0.4) * stone
      out[2] = 0.016 * (1 - stone) + ((cell.colour[2] ?? 0) * boost + warm) * stone
    })
  },
})
