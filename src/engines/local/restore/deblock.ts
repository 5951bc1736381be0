import type { Raster } from '../../../imaging/raster.ts'
import type { PixelOperation } from '../operation.ts'
import { copyRaster, takePlane, TO_YCC, type Plane } from './plane.ts'

/** JPEG codes squares of this side, each for itself; the seams between them are what we smooth. */
const BLOCK = 8
/** Steps across seams this much above steps elsewhere are a grid; natural pictures stay below. */
const VISIBLE = 1.04
/** Strength of the filter for each unit of surplus; the filter itself is made for 1 to 12. */
const STRENGTH_PER_SURPLUS = 14
const MAX_STRENGTH = 12

/** `step` leads across the seam, `along` to the next pixel on it. */
type Direction = { step: number; along: number; length: number; count: number }
type Grid = { phase: number; surplus: number }

/**
 * Finds the 8 pixel grid that JPEG leaves, wherever it starts (a rotated or cropped file moves it), and smooths
 * across it with the deblocking filter of ITU-T H.263, annex J. No grid, no change.
 */
export const deblock: PixelOperation = {
  name: 'deblock',
  summary: 'Smooths the square seams that strong JPEG compression leaves.',
  defaults: { amount: 0.5 },
  apply: (raster, values, { onProgress }) => {
    const amount = Number(values['amount'] ?? 0.5)
    if (amount <= 0) return raster
    const luma = takePlane(raster, TO_YCC[0])
    const { width, height } = raster
    const across = { step: 1, along: width, length: width, count: height }
    const down = { step: width, along: 1, length: height, count: width }
    const result = copyRaster(raster)
    for (const [index, direction] of [across, down].entries()) {
      const { phase, surplus } = findGrid(luma, direction)
      // At amount 0.5 the filter has just the strength that the visible seams call for.
      const strength = Math.min(MAX_STRENGTH, surplus * STRENGTH_PER_SURPLUS * amount * 2)
      if (strength >= 1) smoothSeams(result, { direction, phase, strength })
      onProgress((index + 1) / 2)
    }
    return result
  },
}

/** The phase at which neighbouring pixels differ most, and by how much more than elsewhere. */
function findGrid(luma: Plane, direction: Direction): Grid {
  const steps = meanSteps(luma, direction)
  const strongest = steps.indexOf(Math.max(...steps))
  const others = steps.filter((_, phase) => phase !== strongest)
  const usual = others.reduce((sum, step) => sum + step, 0) / others.length
  const ratio = usual === 0 ? 1 : (steps[strongest] ?? 0) / usual
  return { phase: strongest, surplus: ratio < VISIBLE ? 0 : ratio - 1 }
}

/** Mean absolute difference between pixel `p - 1` and `p`, for each `p % 8`. */
function meanSteps({ data }: Plane, { step, along, length, count }: Direction): number[] {
  const sums = Array.from({ length: BLOCK }, () => 0)
  for (let place = 1; place < length; place += 1) {
    let sum = 0
    for (let line = 0, at = place * step; line < count; line += 1, at += along)
      sum += Math.abs((data[at] ?? 0) - (data[at - step] ?? 0))
    sums[place % BLOCK] = (sums[place % BLOCK] ?? 0) + sum
  }
  return sums.map((sum, phase) => sum / Math.max(1, Math.floor((length - 1 - phase) / BLOCK) + 1))
}

function smoothSeams(raster: Raster, seams: { direction: Direction; phase: number; strength: number }): void {
  const { direction, phase, strength } = seams
  const { step, along, length, count } = direction
  for (let place = phase === 0 ? BLOCK : phase; place < length - 1; place += BLOCK) {
    if (place < 2) continue
    for (let line = 0, pixel = place * step; line < count; line += 1, pixel += along)
      for (let channel = 0; channel < 3; channel += 1)
        smoothSeam(raster.data, { at: pixel * 4 + channel, step: step * 4, strength })
  }
}

/** Annex J: pixels A B | C D. A real edge is so much stronger than a seam that the ramp leaves it alone. */
function smoothSeam(data: Uint8Array, seam: { at: number; step: number; strength: number }): void {
  const { at, step, strength } = seam
  const a = data[at - 2 * step] ?? 0
  const b = data[at - step] ?? 0
  const c = data[at] ?? 0
  const d = data[at + step] ?? 0
  const difference = (a - 4 * b + 4 * c - d) / 8
  const size = Math.abs(difference)
  const inner = Math.sign(difference) * Math.max(0, size - Math.max(0, 2 * (size - strength)))
  const outer = Math.max(-Math.abs(inner) / 2, Math.min(Math.abs(inner) / 2, (a - d) / 4))
  write(data, at - 2 * step, a - outer)
  write(data, at - step, b + inner)
  write(data, at, c - inner)
  write(data, at + step, d + outer)
}

function write(data: Uint8Array, at: number, value: number): void {
  data[at] = Math.max(0, Math.min(255, Math.round(value)))
}
