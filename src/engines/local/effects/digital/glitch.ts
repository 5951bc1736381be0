/** A broken video signal: torn rows, split channels, damaged blocks, scan lines. */
import type { Size } from '../../../../imaging/geometry.ts'
import { createEffect } from '../kit/effect.ts'
import { paintSrgb } from '../kit/paint.ts'
import { pixelsOf } from '../kit/plane.ts'
import { createRandom, hashAt } from '../kit/random.ts'

export const glitch = createEffect({
  name: 'glitch',
  summary: 'A glitch: torn bands of rows, split colour channels, displaced blocks and scan lines.',
  defaults: { tear: 0.5, split: 0.5, blocks: 0.4, scanlines: 0.4 },
  draw: (picture, values, context) => {
    const { width, height, data } = picture
    const shifts = rowShifts(picture, values.tear, context.seed)
    const blocks = placeBlocks(picture, values.blocks, context.seed)
    const split = pixelsOf(picture, 0.013 * values.split, 0)
    const line = Math.max(2, Math.round(pixelsOf(picture, 0.0045)))
    const read = (x: number, y: number, c: number): number => {
      const px = ((Math.round(x) % width) + width) % width
      return (data[(y * width + px) * 4 + c] ?? 0) / 255
    }
    return paintSrgb(picture, (out, at) => {
      const x = at % width
      const y = (at - x) / width
      const block = blocks.find(
        (one) => x >= one.x && x < one.x + one.width && y >= one.y && y < one.y + one.height,
      )
      const row = Math.min(height - 1, Math.max(0, y + (block?.dy ?? 0)))
      const from = x + (shifts[y] ?? 0) + (block?.dx ?? 0)
      // Torn bands lose more of their register than calm ones.
      const apart = split * (1 + Math.min(2.5, Math.abs(shifts[y] ?? 0) / (split + 4)))
      out[0] = read(from - apart, row, 0)
      out[1] = read(from, row, 1)
      out[2] = read(from + apart, row, 2)
      if (block?.swap === true) [out[0], out[2]] = [out[2] ?? 0, 1 - (out[0] ?? 0) * 0.6]
      const dim = y % line < line / 2 ? 1 - values.scanlines * 0.28 : 1
      const noise = (hashAt(x, y, context.seed) - 0.5) * 0.07 * values.scanlines
      for (let c = 0; c < 3; c += 1) out[c] = (out[c] ?? 0) * dim + noise
    })
  },
})

/** Pixels by which each row is moved: most are calm, some bands are torn. */
function rowShifts(size: Size, tear: number, seed: number): Float32Array {
  const random = createRandom(seed)
  const shifts = new Float32Array(size.height)
  const reach = pixelsOf(size, 0.16 * tear, 0)
  let y = 0
  while (y < size.height) {
    const band = Math.max(1, Math.round(pixelsOf(size, 0.004 + random() ** 2 * 0.09)))
    const isTorn = random() < 0.14 + 0.26 * tear
    const shift = isTorn ? (random() - 0.5) * 2 * reach * random() : 0
    shifts.fill(shift, y, y + band)
    y += band
  }
  return shifts
}

type Block = Size & { x: number; y: number; dx: number; dy: number; swap: boolean }

function placeBlocks(size: Size, amount: number, seed: number): Block[] {
  const random = createRandom(seed + 1)
  const unit = pixelsOf(size, 0.02, 2)
  return Array.from({ length: Math.round(amount * 34) }, () => ({
    x: Math.floor((random() * size.width) / unit) * unit,
    y: Math.floor((random() * size.height) / unit) * unit,
    width: unit * Math.ceil(random() ** 2 * 12),
    height: unit * Math.ceil(random() ** 3 * 3),
    dx: Math.round((random() - 0.5) * unit * 9),
    dy: Math.round((random() - 0.5) * unit * 4),
    swap: random() < 0.3,
  }))
}
