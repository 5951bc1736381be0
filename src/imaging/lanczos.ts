import type { Raster } from './raster.ts'

/** Lobes of the kernel on each side. */
const LOBES = 3

/** Source indexes and weights for each target index; `taps` of each, edge pixels repeated. */
type Taps = { taps: number; indexes: Int32Array; weights: Float32Array }

/**
 * Enlarges with a Lanczos3 kernel whose pixel centres line up: target centre (x + ½) / scale in source units.
 * Returns the same raster when the size does not change.
 */
export function enlargeRaster(raster: Raster, width: number, height: number): Raster {
  if (width === raster.width && height === raster.height) return raster
  const horizontal = createTaps(raster.width, width)
  const vertical = createTaps(raster.height, height)
  const isOpaque = raster.data.every((value, index) => index % 4 !== 3 || value === 255)
  const data = new Uint8Array(width * height * 4)
  const blended = new Float32Array(raster.width * 4)
  for (let y = 0; y < height; y += 1) {
    blendRows(raster, { taps: vertical, y, isOpaque }, blended)
    spreadRow(blended, horizontal, data.subarray(y * width * 4, (y + 1) * width * 4))
  }
  return { width, height, data }
}

function lanczos(x: number): number {
  if (x === 0) return 1
  if (Math.abs(x) >= LOBES) return 0
  const angle = Math.PI * x
  return (LOBES * Math.sin(angle) * Math.sin(angle / LOBES)) / (angle * angle)
}

function createTaps(source: number, target: number): Taps {
  const taps = LOBES * 2
  const indexes = new Int32Array(target * taps)
  const weights = new Float32Array(target * taps)
  for (let at = 0; at < target; at += 1) {
    const centre = ((at + 0.5) * source) / target - 0.5
    const first = Math.floor(centre) - LOBES + 1
    let sum = 0
    for (let tap = 0; tap < taps; tap += 1) {
      const weight = lanczos(centre - first - tap)
      sum += weight
      indexes[at * taps + tap] = Math.min(source - 1, Math.max(0, first + tap))
      weights[at * taps + tap] = weight
    }
    for (let tap = 0; tap < taps; tap += 1) weights[at * taps + tap] = (weights[at * taps + tap] ?? 0) / sum
  }
  return { taps, indexes, weights }
}

/** Vertical pass for one target row: premultiplied colour (0 to 255) and alpha (0 to 255). */
function blendRows(
  raster: Raster,
  row: { taps: Taps; y: number; isOpaque: boolean },
  into: Float32Array,
): void {
  const { taps, indexes, weights } = row.taps
  const stride = raster.width * 4
  into.fill(0)
  for (let tap = 0; tap < taps; tap += 1) {
    const weight = weights[row.y * taps + tap] ?? 0
    if (weight === 0) continue
    const start = (indexes[row.y * taps + tap] ?? 0) * stride
    const line = raster.data.subarray(start, start + stride)
    if (row.isOpaque) addOpaque(line, weight, into)
    else addPremultiplied(line, weight, into)
  }
}

function addOpaque(line: Uint8Array, weight: number, into: Float32Array): void {
  for (let at = 0; at < line.length; at += 1) into[at] = (into[at] ?? 0) + (line[at] ?? 0) * weight
}

function addPremultiplied(line: Uint8Array, weight: number, into: Float32Array): void {
  for (let at = 0; at < line.length; at += 4) {
    const alpha = line[at + 3] ?? 0
    const factor = (weight * alpha) / 255
    into[at] = (into[at] ?? 0) + (line[at] ?? 0) * factor
    into[at + 1] = (into[at + 1] ?? 0) + (line[at + 1] ?? 0) * factor
    into[at + 2] = (into[at + 2] ?? 0) + (line[at + 2] ?? 0) * factor
    into[at + 3] = (into[at + 3] ?? 0) + alpha * weight
  }
}

/** Horizontal pass of one row, back to straight alpha and 8 bits. */
function spreadRow(row: Float32Array, horizontal: Taps, out: Uint8Array): void {
  const { taps, indexes, weights } = horizontal
  for (let at = 0, tapAt = 0; at < out.length; at += 4) {
    let [red, green, blue, alpha] = [0, 0, 0, 0]
    for (let tap = 0; tap < taps; tap += 1, tapAt += 1) {
      const weight = weights[tapAt] ?? 0
      const from = (indexes[tapAt] ?? 0) * 4
      red += (row[from] ?? 0) * weight
      green += (row[from + 1] ?? 0) * weight
      blue += (row[from + 2] ?? 0) * weight
      alpha += (row[from + 3] ?? 0) * weight
    }
    const scale = alpha > 0.5 ? 255 / Math.min(255, alpha) : 0
    out[at] = toByte(red * scale)
    out[at + 1] = toByte(green * scale)
    out[at + 2] = toByte(blue * scale)
    out[at + 3] = toByte(alpha)
  }
}

function toByte(value: number): number {
  return value <= 0 ? 0 : value >= 255 ? 255 : Math.round(value)
}
