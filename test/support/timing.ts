/**
 * Whether the time of an operation tells two kinds of input apart: Welch's t test over interleaved measurements, cropped
 * at percentiles, as in Reparaz, Balasch, Verbauwhede, "Dude, is my code constant time?", DATE 2017.
 */
import { createRandom } from './mutants.ts'

/**
 * From this value on a difference counts as found: of t values without a difference one in 100,000 is larger. It is the
 * bound of the usual leakage tests.
 */
const MAX_T = 4.5
/** What lies above was interrupted; each share sees differences that another one hides. */
const CROPS = [0.5, 0.75, 0.9, 0.99, 1] as const
/** A machine that changes its mind in the middle may exceed the bound once; a difference does it every time. */
const BATCHES = 3
/** Compiled code differs from what runs first. */
const WARM_UP = 3000
/** So that making inputs, and collecting what is left of them, stays out of what is measured. */
const AT_ONCE = 500

export type TimingQuestion = {
  /** Two kinds of input; each call makes a fresh one. */
  kinds: readonly [() => string, () => string]
  operation: (input: string) => Promise<void>
  /** Measurements of each kind in a batch, roughly: a coin decides each. */
  count: number
  seed: number
}

/** `ts`: the largest t of each batch; there are fewer where one was below the bound, which settles it. */
export type TimingAnswer = { isTold: boolean; ts: readonly number[]; medianNanos: number }

/** Measures up to three batches; the kinds are told apart when each of them says so. */
export async function compareTimes(question: TimingQuestion): Promise<TimingAnswer> {
  const random = createRandom(question.seed)
  await measure({ ...question, count: WARM_UP }, random)
  const ts: number[] = []
  let medianNanos = 0
  while (ts.length < BATCHES) {
    const samples = await measure(question, random)
    const sorted = samples.flat().toSorted((a, b) => a - b)
    medianNanos = percentile(sorted, 0.5)
    const t = largestT(samples, sorted)
    ts.push(t)
    if (t < MAX_T) break
  }
  return { isTold: ts.every((t) => t >= MAX_T), ts, medianNanos }
}

type Samples = readonly [number[], number[]]

/** A coin before each measurement, so that whatever else the machine does falls on both kinds alike. */
async function measure(
  { kinds, operation, count }: TimingQuestion,
  random: (below: number) => number,
): Promise<Samples> {
  const samples: Samples = [[], []]
  for (let done = 0; done < 2 * count; done += AT_ONCE) {
    const inputs = Array.from({ length: AT_ONCE }, () => {
      const kind = random(2) === 0 ? 0 : 1
      return { kind, input: flat(kinds[kind]()) } as const
    })
    for (const { kind, input } of inputs) {
      const begun = performance.now()
      await operation(input)
      samples[kind].push((performance.now() - begun) * 1e6)
    }
  }
  return samples
}

/** Joined and cut texts are made whole when they are first read, which would be measured too. */
function flat(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1')
}

/** Both kinds are cropped at one value, so that cropping makes no difference by itself. */
function largestT(samples: Samples, sorted: readonly number[]): number {
  return Math.max(
    ...CROPS.map((share) => {
      const limit = percentile(sorted, share)
      const [a, b] = samples.map((kind) => kind.filter((nanos) => nanos <= limit))
      return Math.abs(welchT(a ?? [], b ?? []))
    }),
  )
}

/** Welch's t of two samples of unequal variance; 0 where one of them has no spread. */
export function welchT(a: readonly number[], b: readonly number[]): number {
  const [first, second] = [moments(a), moments(b)]
  const error = Math.sqrt(first.variance / a.length + second.variance / b.length)
  return error > 0 ? (first.mean - second.mean) / error : 0
}

function moments(values: readonly number[]): { mean: number; variance: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  return { mean, variance: squares / (values.length - 1) }
}

function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
}
