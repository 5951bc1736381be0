/**
 * Anisotropic Kuwahara filter with polynomial sector weights (Kyprianidis, Kang and Döllner 2009; Kyprianidis and
 * Kang 2010): of eight overlapping sectors of an ellipse along the form the calm ones win, so that areas become
 * flat, edges stay, and what remains looks like dabs of a brush.
 */
import type { Lab } from './colour.ts'
import type { Flow } from './flow.ts'

export type KuwaharaOptions = {
  /** Pixels: half the width of a dab. The cost does not depend on it. */
  radius: number
  /** How decidedly the calmest sector wins (q): 8 as in the paper. */
  sharpness?: number
  onProgress?: (fraction: number) => void
}

const SECTORS = 8
/** Radius and number of samples: the disc is sampled on rings instead of at every pixel, so any radius costs alike. */
const RINGS: readonly (readonly [radius: number, samples: number])[] = [
  [0, 1],
  [0.3, 8],
  [0.6, 16],
  [0.95, 24],
]

type Sample = { x: number; y: number; sectors: readonly (readonly [sector: number, weight: number])[] }

/** A new picture of the same size. */
export function kuwahara(lab: Lab, flow: Flow, options: KuwaharaOptions): Lab {
  const { width, height } = lab
  const count = width * height
  const result = {
    width,
    height,
    l: new Float32Array(count),
    a: new Float32Array(count),
    b: new Float32Array(count),
  }
  const filter = createFilter(lab, options)
  for (let y = 0, at = 0; y < height; y += 1) {
    if (y % 32 === 0) options.onProgress?.(y / height)
    for (let x = 0; x < width; x += 1, at += 1) {
      filter.gather(at, flow)
      filter.mix(result, at)
    }
  }
  return result
}

type Filter = { gather: (at: number, flow: Flow) => void; mix: (result: Lab, at: number) => void }

function createFilter(lab: Lab, options: KuwaharaOptions): Filter {
  const table = tabulate(discSamples())
  // Of each sample: l, a, b and the sum of their squares.
  const taken = new Float64Array(table.x.length * 4)
  const isStandard = options.sharpness === undefined
  const power = (options.sharpness ?? 8) / 2
  return {
    gather: (at, flow) => gatherSamples({ lab, table, taken, radius: options.radius }, flow, at),
    mix: (result, at) => {
      let total = 0
      let [l, a, b] = [0, 0, 0]
      for (let sector = 0; sector < SECTORS; sector += 1) {
        let [meanL, meanA, meanB, square] = [0, 0, 0, 0]
        const end = table.start[sector + 1] ?? 0
        for (let entry = table.start[sector] ?? 0; entry < end; entry += 1) {
          const weight = table.weight[entry] ?? 0
          const from = table.sample[entry] ?? 0
          meanL += weight * (taken[from] ?? 0)
          meanA += weight * (taken[from + 1] ?? 0)
          meanB += weight * (taken[from + 2] ?? 0)
          square += weight * (taken[from + 3] ?? 0)
        }
        const variance = 255 * Math.max(0, square - meanL * meanL - meanA * meanA - meanB * meanB)
        // The paper's 1 + (255 σ²)^(q/2); the fourth power written out, because pow would be a third of the time.
        const squared = variance * variance
        const share = 1 / (1 + (isStandard ? squared * squared : variance ** power))
        total += share
        l += meanL * share
        a += meanA * share
        b += meanB * share
      }
      result.l[at] = l / total
      result.a[at] = a / total
      result.b[at] = b / total
    },
  }
}

type Gathering = { lab: Lab; table: SampleTable; taken: Float64Array; radius: number }

function gatherSamples({ lab, table, taken, radius }: Gathering, flow: Flow, at: number): void {
  const { width, height, l, a, b } = lab
  const x = at % width
  const y = (at - x) / width
  // Long axis (1 + A) r along the form, short axis r / (1 + A) across it.
  const stretch = 1 + (flow.anisotropy[at] ?? 0)
  const longX = (flow.x[at] ?? 1) * radius * stretch
  const longY = (flow.y[at] ?? 0) * radius * stretch
  const shortX = (-(flow.y[at] ?? 0) * radius) / stretch
  const shortY = ((flow.x[at] ?? 1) * radius) / stretch
  for (let sample = 0, to = 0; sample < table.x.length; sample += 1, to += 4) {
    const u = table.x[sample] ?? 0
    const v = table.y[sample] ?? 0
    const px = (x + u * longX + v * shortX + 0.5) | 0
    const py = (y + u * longY + v * shortY + 0.5) | 0
    const cx = px < 0 ? 0 : px >= width ? width - 1 : px
    const cy = py < 0 ? 0 : py >= height ? height - 1 : py
    const from = cy * width + cx
    const lightness = l[from] ?? 0
    const green = a[from] ?? 0
    const blue = b[from] ?? 0
    taken[to] = lightness
    taken[to + 1] = green
    taken[to + 2] = blue
    taken[to + 3] = lightness * lightness + green * green + blue * blue
  }
}

type SampleTable = {
  x: Float32Array
  y: Float32Array
  /** Entries of sector i are start[i] up to start[i + 1]. */
  start: Uint16Array
  /** Offset of the sample among the taken values. */
  sample: Uint16Array
  /** Sums to 1 within a sector. */
  weight: Float64Array
}

function tabulate(samples: readonly Sample[]): SampleTable {
  const sectors = Array.from({ length: SECTORS }, (_, sector) => {
    const entries = samples.flatMap((one, index) =>
      one.sectors.filter(([name]) => name === sector).map(([, weight]) => ({ offset: index * 4, weight })),
    )
    const sum = entries.reduce((total, entry) => total + entry.weight, 0)
    return entries.map(({ offset, weight }) => ({ offset, weight: weight / sum }))
  })
  const start = new Uint16Array(SECTORS + 1)
  for (const [sector, entries] of sectors.entries()) start[sector + 1] = (start[sector] ?? 0) + entries.length
  return {
    x: Float32Array.from(samples, (one) => one.x),
    y: Float32Array.from(samples, (one) => one.y),
    start,
    sample: Uint16Array.from(sectors.flat(), ({ offset }) => offset),
    weight: Float64Array.from(sectors.flat(), ({ weight }) => weight),
  }
}

function discSamples(): Sample[] {
  return RINGS.flatMap(([radius, samples]) =>
    Array.from({ length: samples }, (_, index) => {
      const angle = ((index + 0.5) / samples) * 2 * Math.PI
      const x = radius * Math.cos(angle)
      const y = radius * Math.sin(angle)
      return { x, y, sectors: sectorWeights(x, y) }
    }),
  )
}

/** ((x + ζ) - η y²)² where positive, in the frame of each sector, with the paper's ζ and η; then a Gaussian fall-off. */
function sectorWeights(x: number, y: number): (readonly [number, number])[] {
  const zeta = 0.33
  const eta = (zeta + Math.cos(Math.PI / SECTORS)) / Math.sin(Math.PI / SECTORS) ** 2
  const fall = Math.exp(-1.6 * (x * x + y * y))
  const raw = Array.from({ length: SECTORS }, (_, sector) => {
    const turn = (sector * 2 * Math.PI) / SECTORS
    const u = x * Math.cos(turn) + y * Math.sin(turn)
    const v = y * Math.cos(turn) - x * Math.sin(turn)
    return Math.max(0, u + zeta - eta * v * v) ** 2
  })
  const sum = raw.reduce((total, weight) => total + weight, 0)
  return raw
    .map((weight, sector) => [sector, (weight / sum) * fall] as const)
    .filter(([, weight]) => weight > 4e-3)
}
