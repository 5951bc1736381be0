/** Print screens and dithering: how a tone becomes ink or no ink. */
import { clamp01, smoothstep } from './plane.ts'
import { hashAt } from './random.ts'

export type ScreenOptions = {
  /** Pixels between dots. */
  pitch: number
  /** Degrees. */
  angle: number
}

/** Coverage of ink, 0 to 1, at a pixel that should be inked to `tone` (0 none, 1 all). */
export type Screen = (x: number, y: number, tone: number) => number

const RANK_SIDE = 64

/**
 * A round-dot screen. The spot function is ranked over one cell, so that the inked area equals the tone exactly;
 * edges are antialiased over about one pixel.
 */
export function createDotScreen({ pitch, angle }: ScreenOptions): Screen {
  const ranks = rankSpots()
  const cos = Math.cos((angle * Math.PI) / 180) / pitch
  const sin = Math.sin((angle * Math.PI) / 180) / pitch
  const soft = Math.min(0.45, 1.1 / pitch)
  const levels = levelsFor(soft)
  return (x, y, tone) => {
    const value = spot(x * cos + y * sin, y * cos - x * sin)
    const threshold = ranks[Math.round(value * (ranks.length - 1))] ?? 0.5
    const level = levels[Math.round(clamp01(tone) * TONES)] ?? 0
    return smoothstep(threshold - soft, threshold + soft, level)
  }
}

/** A screen of straight lines. */
export function createLineScreen({ pitch, angle }: ScreenOptions): Screen {
  const sin = Math.sin((angle * Math.PI) / 180) / pitch
  const cos = Math.cos((angle * Math.PI) / 180) / pitch
  const soft = Math.min(0.45, 1.1 / pitch)
  const levels = levelsFor(soft)
  return (x, y, tone) => {
    const phase = y * cos - x * sin
    const threshold = Math.abs((phase - Math.floor(phase)) * 2 - 1)
    const level = levels[Math.round(clamp01(tone) * TONES)] ?? 0
    return smoothstep(threshold - soft, threshold + soft, level)
  }
}

const TONES = 256

/**
 * For each tone the level at which a soft-edged screen inks exactly that share. Where soft edges are cut off at
 * black and white they would otherwise lose the highlights and fill the shadows.
 */
function levelsFor(soft: number): Float32Array {
  return Float32Array.from({ length: TONES + 1 }, (_, step) => {
    let [low, high] = [-soft, 1 + soft]
    for (let round = 0; round < 24; round += 1) {
      const middle = (low + high) / 2
      if (coverageAt(middle, soft) < step / TONES) low = middle
      else high = middle
    }
    return (low + high) / 2
  })
}

/** Mean ink over thresholds that are spread evenly from 0 to 1. */
function coverageAt(level: number, soft: number): number {
  // The integral of smoothstep, going on in a straight line above 1.
  const integral = (q: number): number => (q <= 0 ? 0 : q >= 1 ? q - 0.5 : q ** 3 - q ** 4 / 2)
  return 2 * soft * (integral((level + soft) / (2 * soft)) - integral((level + soft - 1) / (2 * soft)))
}

function spot(u: number, v: number): number {
  return 0.5 - (Math.cos(2 * Math.PI * u) + Math.cos(2 * Math.PI * v)) / 4
}

/** Share of a cell whose spot value is below each of 256 values. */
function rankSpots(): Float32Array {
  const values = Float32Array.from({ length: RANK_SIDE * RANK_SIDE }, (_, index) =>
    spot((index % RANK_SIDE) / RANK_SIDE, Math.floor(index / RANK_SIDE) / RANK_SIDE),
  ).sort()
  let below = 0
  return Float32Array.from({ length: 256 }, (_, step) => {
    while (below < values.length && (values[below] ?? 1) <= step / 255) below += 1
    return below / values.length
  })
}

/** Ordered dithering (Bayer 1973): the threshold of a pixel, above 0 and below 1, in a pattern of 8 x 8. */
export function bayerAt(x: number, y: number): number {
  let value = 0
  for (let bit = 0; bit < 3; bit += 1) {
    const mixed = ((x >> bit) ^ (y >> bit)) & 1
    value = (value << 2) | (mixed << 1) | ((y >> bit) & 1)
  }
  return (value + 0.5) / 64
}

const BLUE_SIDE = 64

/**
 * A tile of blue noise: white noise whose low frequencies are taken out and whose ranks are spread evenly again,
 * three times (after Ulichney 1988). Grain without clumps.
 */
export function createBlueNoise(seed: number): (x: number, y: number) => number {
  let tile = Float32Array.from({ length: BLUE_SIDE * BLUE_SIDE }, (_, at) => hashAt(at, 0, seed))
  for (let round = 0; round < 3; round += 1) tile = spreadRanks(withoutLows(tile))
  const mask = BLUE_SIDE - 1
  return (x, y) => tile[(y & mask) * BLUE_SIDE + (x & mask)] ?? 0.5
}

function withoutLows(tile: Float32Array): Float32Array<ArrayBuffer> {
  const mask = BLUE_SIDE - 1
  return Float32Array.from(tile, (value, at) => {
    const x = at & mask
    const y = at >> 6
    let sum = 0
    let total = 0
    for (let dy = -2; dy <= 2; dy += 1) {
      for (let dx = -2; dx <= 2; dx += 1) {
        const weight = Math.exp(-(dx * dx + dy * dy) / 2.2)
        sum += (tile[((y + dy) & mask) * BLUE_SIDE + ((x + dx) & mask)] ?? 0) * weight
        total += weight
      }
    }
    return value - sum / total
  })
}

function spreadRanks(tile: Float32Array): Float32Array<ArrayBuffer> {
  const order = Array.from(tile, (_, at) => at).sort(
    (first, second) => (tile[first] ?? 0) - (tile[second] ?? 0),
  )
  const ranked = new Float32Array(tile.length)
  for (const [rank, at] of order.entries()) ranked[at] = (rank + 0.5) / tile.length
  return ranked
}
