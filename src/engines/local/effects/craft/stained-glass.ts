/** Stained glass: panes that follow the picture, lead between them, light behind. */
import type { Size } from '../../../../imaging/geometry.ts'
import { blur } from '../kit/blur.ts'
import { cellsOf } from '../kit/cells.ts'
import { labOf } from '../kit/colour.ts'
import { createEffect } from '../kit/effect.ts'
import { flowOf } from '../kit/flow.ts'
import { kuwahara } from '../kit/kuwahara.ts'
import { cloudNoise } from '../kit/noise.ts'
import { paintLab } from '../kit/paint.ts'
import { greyOf, pixelsOf, smoothstep, type Plane } from '../kit/plane.ts'
import { hashAt } from '../kit/random.ts'

export const stainedGlass = createEffect({
  name: 'stained_glass',
  summary: 'Stained glass: glowing panes that follow the picture, set in rounded lead.',
  defaults: { pane: 0.055, lead: 0.5, glow: 0.6 },
  limits: { pane: [0.015, 0.3] },
  draw: (picture, values, context) => {
    const flat = kuwahara(labOf(picture), flowOf(greyOf(picture), pixelsOf(picture, 0.005)), {
      radius: pixelsOf(picture, 0.02, 1.5),
    })
    context.onProgress(0.4)
    const spacing = pixelsOf(picture, values.pane, 6)
    const { labels: rough, cells } = cellsOf(flat, { spacing, colourWeight: 3.6, seed: context.seed })
    const labels = cutSmooth(rough, flat, Math.max(1, Math.round(spacing * 0.09)))
    context.onProgress(0.75)
    const lead = leadOf(labels, flat, pixelsOf(picture, 0.0022 + 0.0035 * values.lead, 0.8))
    const ripple = cloudNoise(picture, { scale: spacing * 0.45, octaves: 4, seed: context.seed + 1 })
    return paintLab(flat, (out, at) => {
      const label = labels[at] ?? 0
      const colour = cells[label]?.colour
      const pane = 1 - (lead.cover.data[at] ?? 0)
      const wave = (ripple.data[at] ?? 0.5) - 0.5
      const tone = (hashAt(label, 1, context.seed) - 0.5) * 0.05
      const glow = wave * 0.22 * values.glow + tone
      const l = colour?.[0] ?? 0
      // Light through glass: nothing is black, and colour is strongest in the middle tones.
      const glass = 0.2 + l * 0.74 + glow
      const boost = 1.25 + 0.9 * values.glow
      out[0] = glass * pane + (0.17 + (lead.shine.data[at] ?? 0)) * (1 - pane)
      out[1] = (colour?.[1] ?? 0) * boost * pane
      out[2] = ((colour?.[2] ?? 0) * boost + wave * 0.02) * pane - 0.006 * (1 - pane)
    })
  },
})

/** Glass cannot be cut along every hair: a pixel takes the pane that most of the places around it belong to. */
function cutSmooth(labels: Int32Array, { width, height }: Size, reach: number): Int32Array {
  let current = labels
  for (const radius of [reach, Math.max(1, reach >> 1)]) {
    const next = Int32Array.from(current)
    for (let at = 0; at < next.length; at += 1) {
      const x = at % width
      const y = (at - x) / width
      if (x < radius || y < radius || x >= width - radius || y >= height - radius) continue
      next[at] = mostCommon(current, at, { radius, width })
    }
    current = next
  }
  return current
}

/** Of the place itself and eight around it; the place itself wins a draw. */
function mostCommon(labels: Int32Array, at: number, around: { radius: number; width: number }): number {
  const own = labels[at] ?? 0
  const { radius, width } = around
  const [side, row] = [radius, radius * width]
  // Inside a pane, which is almost everywhere, four looks are enough.
  const isInside =
    labels[at - row - side] === own &&
    labels[at - row + side] === own &&
    labels[at + row - side] === own &&
    labels[at + row + side] === own
  if (isInside) return own
  const ring = [-row - side, -row, -row + side, -side, side, row - side, row, row + side].map(
    (step) => labels[at + step] ?? own,
  )
  const count = (label: number): number => ring.reduce((sum, other) => sum + (other === label ? 1 : 0), 0)
  return ring.reduce(
    (best, label) => (count(label) > count(best) + (best === own ? 1 : 0) ? label : best),
    own,
  )
}

/** Rounded strips along the borders of the panes and around the window; `shine` is the light on them. */
function leadOf(labels: Int32Array, size: Size, width: number): { cover: Plane; shine: Plane } {
  const soft = blur(bordersOf(labels, size), width * 0.8)
  const peak = 1 / (width * 0.8 * Math.sqrt(2 * Math.PI))
  const cover = { ...soft, data: soft.data.map((value) => smoothstep(peak * 0.5, peak * 0.95, value)) }
  const shine = { ...soft, data: new Float32Array(soft.data.length) }
  for (let at = 0; at < shine.data.length; at += 1) {
    const x = at % size.width
    const y = (at - x) / size.width
    const before = soft.data[Math.max(0, y - 1) * size.width + Math.max(0, x - 1)] ?? 0
    const after =
      soft.data[Math.min(size.height - 1, y + 1) * size.width + Math.min(size.width - 1, x + 1)] ?? 0
    shine.data[at] = Math.max(-0.05, ((after - before) / peak) * width * 0.16)
  }
  return { cover, shine }
}

function bordersOf(labels: Int32Array, { width, height }: Size): Plane {
  const data = new Float32Array(width * height)
  for (let at = 0; at < data.length; at += 1) {
    const x = at % width
    const label = labels[at]
    const isRight = x < width - 1 && labels[at + 1] !== label
    const isBelow = at + width < data.length && labels[at + width] !== label
    const isFrame = x === 0 || x === width - 1 || at < width || at >= data.length - width
    data[at] = isRight || isBelow ? 1 : isFrame ? 1.2 : 0
  }
  return { width, height, data }
}
