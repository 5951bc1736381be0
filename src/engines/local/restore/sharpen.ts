import { createRaster, type Raster } from '../../../imaging/raster.ts'
import type { PixelOperation } from '../operation.ts'
import { TO_YCC, toByte } from './plane.ts'

/** Binomial, about a Gaussian of σ 1. */
const TAPS = [1, 4, 6, 4, 1] as const
const TAP_SUM = 16
const REACH = 2
/** Full amount adds this much of the difference to the blurred picture. */
const FULL_GAIN = 1.2
/** How far a pixel may pass the darkest and brightest around it; more would show as a bright seam. */
const OVERSHOOT = 6

/**
 * Unsharp mask on luma alone, so that colours do not fringe, held within what lies around each pixel.
 * It works row by row: a second copy of a large result as floats would double the memory of the whole task.
 */
export const sharpen: PixelOperation = {
  name: 'sharpen',
  summary: 'Makes edges crisper without bright seams around them.',
  defaults: { amount: 0.5 },
  apply: (raster, values, { onProgress }) => {
    const amount = Number(values['amount'] ?? 0.5)
    if (amount <= 0) return raster
    const result = createRaster(raster.width, raster.height)
    const rows = createRows(raster)
    for (let y = 0; y < raster.height; y += 1) {
      sharpenRow({ raster, result, rows }, y, amount * FULL_GAIN)
      if (y % 256 === 255) onProgress(y / raster.height)
    }
    return result
  },
}

type Row = { luma: Float32Array; blurred: Float32Array }
type Rows = (y: number) => Row

/** Luma of a row as it is and blurred across, kept for the few rows that are still needed. */
function createRows(raster: Raster): Rows {
  const kept = new Map<number, Row>()
  return (wanted) => {
    const y = Math.min(raster.height - 1, Math.max(0, wanted))
    const known = kept.get(y)
    if (known !== undefined) return known
    kept.delete(y - 2 * REACH - 1)
    const luma = lumaOfRow(raster, y)
    const row = { luma, blurred: blurRow(luma) }
    kept.set(y, row)
    return row
  }
}

function lumaOfRow({ width, data }: Raster, y: number): Float32Array {
  const luma = new Float32Array(width)
  const [red, green, blue] = TO_YCC[0]
  for (let x = 0, at = y * width * 4; x < width; x += 1, at += 4)
    luma[x] = (data[at] ?? 0) * red + (data[at + 1] ?? 0) * green + (data[at + 2] ?? 0) * blue
  return luma
}

function blurRow(luma: Float32Array): Float32Array {
  const last = luma.length - 1
  return luma.map((_, x) => {
    let sum = 0
    for (let tap = -REACH; tap <= REACH; tap += 1)
      sum += (luma[Math.min(last, Math.max(0, x + tap))] ?? 0) * (TAPS[tap + REACH] ?? 0)
    return sum / TAP_SUM
  })
}

function sharpenRow(
  { raster, result, rows }: { raster: Raster; result: Raster; rows: Rows },
  y: number,
  gain: number,
): void {
  const around = [-2, -1, 0, 1, 2].map((shift) => rows(y + shift))
  const near = around.slice(1, 4)
  const own = rows(y).luma
  for (let x = 0, at = y * raster.width * 4; x < raster.width; x += 1, at += 4) {
    let blurred = 0
    for (let tap = 0; tap < TAPS.length; tap += 1)
      blurred += (around[tap]?.blurred[x] ?? 0) * (TAPS[tap] ?? 0)
    const value = own[x] ?? 0
    const wanted = value + (value - blurred / TAP_SUM) * gain
    const change = holdWithin(near, x, wanted) - value
    for (let channel = 0; channel < 3; channel += 1)
      result.data[at + channel] = toByte((raster.data[at + channel] ?? 0) + change)
    result.data[at + 3] = raster.data[at + 3] ?? 0
  }
}

/** Between the darkest and the brightest of the nine pixels around, give or take the overshoot. */
function holdWithin(near: readonly Row[], x: number, value: number): number {
  let least = Number.POSITIVE_INFINITY
  let most = Number.NEGATIVE_INFINITY
  for (const { luma } of near) {
    for (let column = Math.max(0, x - 1); column <= Math.min(luma.length - 1, x + 1); column += 1) {
      const found = luma[column] ?? 0
      if (found < least) least = found
      if (found > most) most = found
    }
  }
  return Math.max(least - OVERSHOOT, Math.min(most + OVERSHOOT, value))
}
