/** Few colours for many: k-means in OKLab with k-means++ seeding (Arthur and Vassilvitskii 2007). */
import type { Lab, Triple } from './colour.ts'
import { createRandom } from './random.ts'

/** OKLab colours, from dark to light. */
export type Palette = readonly Triple[]

const SAMPLES = 3000
const ROUNDS = 9
/** k-means ends in a local optimum; a face can lose its colour to bad luck. */
const TRIES = 3
const CHROMA_WEIGHT = 5
/** Squared distance below which two colours of a palette count as one. */
const SAME = 0.035 ** 2

/** At most `count` colours that stand for the picture; fewer when it has fewer. */
export function paletteOf(lab: Lab, count: number, seed: number): Palette {
  const random = createRandom(seed)
  const samples = pickSamples(lab, random)
  const tries = Array.from({ length: TRIES }, () => {
    let centres = seedCentres(samples, count, random)
    for (let round = 0; round < ROUNDS; round += 1) centres = meansOf(samples, centres)
    return { centres, error: errorOf(samples, centres) }
  })
  const best = tries.reduce((least, one) => (one.error < least.error ? one : least))
  return withoutTwins(best.centres).toSorted((first, second) => (first[0] ?? 0) - (second[0] ?? 0))
}

/** The seam of a shape gives colours that nobody would mix; of near twins the first stays. */
function withoutTwins(centres: readonly Triple[]): Triple[] {
  const kept: Triple[] = []
  for (const centre of centres)
    if (kept.every((one) => squaredDistance(one, centre) > SAME)) kept.push(centre)
  return kept
}

/** Index of the palette's colour that looks most like this one. */
export function nearestIndex(palette: Palette, colour: Triple): number {
  let best = 0
  let least = Infinity
  for (let index = 0; index < palette.length; index += 1) {
    const distance = squaredDistance(palette[index] ?? colour, colour)
    if (distance >= least) continue
    least = distance
    best = index
  }
  return best
}

/**
 * Squared distance in OKLab with hue and chroma counted more than double: few colours must keep skin apart from a grey wall,
 * and its lightness scale is five times as long as its chroma.
 */
export function squaredDistance(first: Triple, second: Triple): number {
  const l = (first[0] ?? 0) - (second[0] ?? 0)
  const a = (first[1] ?? 0) - (second[1] ?? 0)
  const b = (first[2] ?? 0) - (second[2] ?? 0)
  return l * l + (a * a + b * b) * CHROMA_WEIGHT
}

function pickSamples(lab: Lab, random: () => number): Triple[] {
  const total = lab.l.length
  const step = Math.max(1, total / SAMPLES)
  const count = Math.floor(total / step)
  return Array.from({ length: count }, (_, index) => {
    // One from each stretch: a fixed step would follow the columns of a regular picture.
    const at = Math.min(total - 1, Math.floor((index + random()) * step))
    return Float32Array.of(lab.l[at] ?? 0, lab.a[at] ?? 0, lab.b[at] ?? 0)
  })
}

function seedCentres(samples: readonly Triple[], count: number, random: () => number): Triple[] {
  const first = samples[Math.floor(random() * samples.length)]
  if (first === undefined) return []
  const centres = [first]
  const distances = samples.map((sample) => squaredDistance(sample, first))
  while (centres.length < count) {
    const total = distances.reduce((sum, distance) => sum + distance, 0)
    if (total < 1e-6) break
    let left = random() * total
    const chosen = samples[distances.findIndex((distance) => (left -= distance) <= 0)] ?? first
    centres.push(chosen)
    for (const [index, sample] of samples.entries())
      distances[index] = Math.min(distances[index] ?? 0, squaredDistance(sample, chosen))
  }
  return centres
}

function errorOf(samples: readonly Triple[], centres: readonly Triple[]): number {
  return samples.reduce(
    (sum, sample) => sum + squaredDistance(centres[nearestIndex(centres, sample)] ?? sample, sample),
    0,
  )
}

function meansOf(samples: readonly Triple[], centres: readonly Triple[]): Triple[] {
  const sums = centres.map(() => new Float64Array(4))
  for (const sample of samples) {
    const sum = sums[nearestIndex(centres, sample)]
    if (sum === undefined) continue
    for (let c = 0; c < 3; c += 1) sum[c] = (sum[c] ?? 0) + (sample[c] ?? 0)
    sum[3] = (sum[3] ?? 0) + 1
  }
  return sums.map((sum, index) => {
    const weight = sum[3] ?? 0
    const old = centres[index] ?? new Float32Array(3)
    return weight === 0 ? old : Float32Array.from([0, 1, 2], (c) => (sum[c] ?? 0) / weight)
  })
}
