/** Smoothing that keeps edges, and squares that hide what they cover. */
import { createRaster } from '../../../../imaging/raster.ts'
import { labOf } from '../../effects/kit/colour.ts'
import { createEffect } from '../../effects/kit/effect.ts'
import { paintLab } from '../../effects/kit/paint.ts'
import { pixelsOf } from '../../effects/kit/plane.ts'
import { createGuidedFilter } from '../kit/guided.ts'

export const smooth = createEffect({
  name: 'smooth',
  summary: 'Smooths texture and keeps edges (guided filter).',
  defaults: { amount: 0.6 },
  draw: (picture, { amount }) => {
    const lab = labOf(picture)
    const guide = { width: lab.width, height: lab.height, data: lab.l }
    const options = { sigma: pixelsOf(picture, 0.006, 1), edge: 0.02 + amount * 0.08 }
    const filter = createGuidedFilter(guide, options)
    const [l, a, b] = [guide.data, lab.a, lab.b].map(
      (data) => filter(data === lab.l ? guide : { ...guide, data }).data,
    )
    return paintLab(lab, (out, at) => {
      for (const [part, plane] of [l, a, b].entries())
        out[part] = (out[part] ?? 0) + ((plane?.[at] ?? 0) - (out[part] ?? 0)) * Math.min(1, amount * 1.4)
    })
  },
})

export const pixelate = createEffect({
  name: 'pixelate',
  summary: 'Squares of one colour each, the mean of what they cover.',
  defaults: { size: 0.025, sizePx: 0 },
  limits: { size: [0.002, 0.5], sizePx: [0, 1000] },
  draw: (picture, values) => {
    const side = Math.max(2, Math.round(values.sizePx > 0 ? values.sizePx : pixelsOf(picture, values.size)))
    const { width, height, data } = picture
    const result = createRaster(width, height)
    for (let top = 0; top < height; top += side)
      for (let left = 0; left < width; left += side) {
        const block = { left, right: Math.min(width, left + side), top, bottom: Math.min(height, top + side) }
        fillBlock({ width, data, into: result.data }, block)
      }
    return result
  },
})

type Block = { left: number; right: number; top: number; bottom: number }

function fillBlock(
  { width, data, into }: { width: number; data: Uint8Array; into: Uint8Array },
  { left, right, top, bottom }: Block,
): void {
  const count = (right - left) * (bottom - top)
  for (let channel = 0; channel < 4; channel += 1) {
    let sum = 0
    for (let y = top; y < bottom; y += 1)
      for (let x = left; x < right; x += 1) sum += data[(y * width + x) * 4 + channel] ?? 0
    const mean = Math.round(sum / count)
    for (let y = top; y < bottom; y += 1)
      for (let x = left; x < right; x += 1) into[(y * width + x) * 4 + channel] = mean
  }
}
